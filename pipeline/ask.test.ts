import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createKernel, definePlugin } from "../kernel/index.ts";
import { consensus } from "../plugins/consensus/index.ts";
import { ethos } from "../plugins/ethos/index.ts";
import { pathos } from "../plugins/pathos/index.ts";
import { privacy } from "../plugins/privacy/index.ts";
import { ask } from "./ask.ts";

const KEY = "ghp_Q7wE9rT2yU5iO8pA1sD4fG6hJ3kL0zX2cV5b";

test("what a plugin says of its own failure is recorded without the secrets it quotes", async () => {
  const home = mkdtempSync(join(tmpdir(), "ask-"));
  const quoting = definePlugin({
    name: "quoting",
    api: 1,
    text: "redacted",
    taps: ["agentVote"],
    setup: (context) =>
      context.tap("agentVote", () => {
        throw new Error(`https://petra:hunter2-Xq9@models.example refused ${KEY}`);
      }),
  });
  const kernel = await createKernel([privacy({ home }), pathos(), ethos(), consensus(), quoting]);
  onTestFinished(async () => {
    await kernel.close();
    rmSync(home, { recursive: true, force: true });
  });
  const request = {
    question: "Why is the sky blue?",
    session: "s",
    topK: 3,
    filter: { within: [] },
    threshold: 0.85,
    rounds: 1,
    quorum: 1,
    routing: "local" as const,
  };
  const { run } = await ask(kernel, request, new AbortController().signal);
  const faults = run.manifest.trace.filter(({ fault }) => fault);
  expect(faults).toMatchObject([{ plugin: "quoting", fault: expect.stringMatching(/refused \[API_KEY_01\]$/) }]);
  for (const secret of [KEY, "hunter2-Xq9"]) expect(JSON.stringify(run)).not.toContain(secret);
});
