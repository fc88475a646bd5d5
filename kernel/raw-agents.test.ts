import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { privacy } from "../plugins/privacy/index.ts";
import { type Ballot, type Brief, createKernel, definePlugin, type Passage, type Plugin, sliceRedacted, Trace } from "./index.ts";

const SOURCE = "Write to ada.quill@station.example for the lamp. Her second address is zoe@station.example.";

/** Holds one vote of `agent` over a passage with two values. */
async function vote(agent: (brief: Brief<string>) => Ballot<string>, text: Plugin["text"] = "raw") {
  const plugin = definePlugin({
    name: "agent",
    api: 1,
    text,
    taps: ["agentVote"],
    requires: ["tokenVault"],
    setup: (context) => context.tapRawAgent(agent),
  });
  const kernel = await createKernel([privacy({ home: mkdtempSync(join(tmpdir(), "raw-agents-")) }), plugin]);
  const call = { signal: new AbortController().signal, trace: new Trace() };
  const redact = (raw: string) => kernel.redact(raw, "s", call);
  const [question, body, none] = [await redact("Who is ada.quill@station.example?"), await redact(SOURCE), await redact("")];
  const passage: Passage = {
    id: 1,
    path: "a.md",
    title: none.text,
    heading: none.text,
    start: 0,
    end: SOURCE.length,
    text: body.text,
    entities: body.entities,
    score: 1,
  };
  const brief: Brief = { phase: "judge", round: 1, session: "s", question: question.text, passages: [passage], objections: [] };
  const votes = await kernel.hooks.agentVote.promise(brief, call);
  await kernel.close();
  return { ballot: votes[0]?.value, passage, faults: call.trace.faults() };
}

test("an agent is shown values, and what it returns holds tokens again", async () => {
  const seen: string[] = [];
  const { ballot } = await vote(({ question, passages }) => {
    seen.push(question, passages[0]?.text ?? "");
    return {
      approval: 1,
      reason: `It names ${question.slice(7, -1)}.`,
      objections: ["quill@ is cut out of it"],
      veto: { rule: "r", reason: SOURCE },
    };
  });
  expect(seen).toEqual(["Who is ada.quill@station.example?", SOURCE]);
  expect(ballot?.reason).toBe("It names [EMAIL_01].");
  expect(JSON.stringify(ballot)).not.toMatch(/quill|zoe@/);
});

test("quotes count in the text that the agent saw, and are moved to the one that others see", async () => {
  const quoted = "Her second address is zoe@station.example.";
  const start = SOURCE.indexOf(quoted);
  const { ballot, passage } = await vote(() => ({
    approval: 1,
    reason: "",
    draft: { text: `${quoted} [1]`, quotes: [{ passage: 0, start, end: start + quoted.length }] },
  }));
  const [quote] = ballot?.draft?.quotes ?? [];
  expect(sliceRedacted(passage.text, quote?.start ?? 0, quote?.end)).toBe("Her second address is [EMAIL_02].");
  expect(ballot?.draft?.text).toBe("Her second address is [EMAIL_02]. [1]");
});

test("an error of such an agent is named without its message, which may quote a value", async () => {
  const { ballot, faults } = await vote(({ question }) => {
    throw new TypeError(`cannot read ${question}`);
  });
  expect(ballot).toBeUndefined();
  expect(faults).toMatchObject([{ hook: "agentVote", plugin: "agent", fault: "TypeError" }]);
});

test("a plugin that did not declare that it needs raw text is not shown any", async () => {
  await expect(vote(() => ({ approval: 1, reason: "" }), "redacted")).rejects.toMatchObject({ code: "PLUGIN_INVALID" });
});
