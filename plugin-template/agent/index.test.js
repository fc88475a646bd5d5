import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPlugin, setUp } from "superinstance/testkit";
import plugin from "./index.js";

test("it keeps the rules of its kind", async () => {
  await checkPlugin(plugin, readFileSync(new URL("package.json", import.meta.url), "utf8"));
});

test("it asks for sources", async () => {
  const context = await setUp(plugin);
  const draft = { text: "It was built in 1821.", quotes: [] };
  const ballot = await context.tapOf("agentVote")({ phase: "judge", round: 1, question: "When?", passages: [], objections: [], draft });
  assert.deepEqual(ballot.objections, ["Name the source of each sentence."]);
});
