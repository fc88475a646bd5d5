import { expect, test, vi } from "vitest";
import { createKernel, definePlugin, Trace } from "./index.ts";

test("the kernel runs its hooks in workerd, where code cannot be compiled from strings", async () => {
  expect(navigator.userAgent).toBe("Cloudflare-Workers");
  // The test runner switches this restriction of a deployed Worker off for its own needs; here it is again.
  vi.stubGlobal("Function", function refused() {
    throw new EvalError("Code generation from strings disallowed for this context");
  });
  const agent = definePlugin({
    name: "agent",
    api: 1,
    text: "redacted",
    taps: ["agentVote", "retrieve"],
    setup(context) {
      context.tap("retrieve", async (passages) => passages);
      context.tap("agentVote", async () => ({ approval: 1, reason: "" as never }));
    },
  });
  const kernel = await createKernel([agent]);
  const call = { signal: new AbortController().signal, trace: new Trace() };
  const votes = await kernel.hooks.agentVote.promise(
    { phase: "judge", round: 1, session: "s", question: "" as never, passages: [], objections: [] },
    call,
  );
  expect(votes).toEqual([{ name: "agent", value: { approval: 1, reason: "" } }]);
  expect(await kernel.hooks.retrieve.promise([], {} as never, call)).toEqual([]);
});
