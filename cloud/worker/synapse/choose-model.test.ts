import { expect, test } from "vitest";
import { NANO_PER_DOLLAR } from "../money/nano-dollars.ts";
import { chooseModel, difficultyOf } from "./choose-model.ts";

const ALL = ["llama-3.3-70b", "claude-sonnet", "gpt-4-turbo", "claude-opus"];
const base = {
  asked: "auto",
  difficulty: 0.3,
  tokens: { in: 4000, out: 500 },
  budget: NANO_PER_DOLLAR,
  offered: ALL,
  at: Date.parse("2026-06-01"),
};

for (const [what, changes, expected] of [
  ["an easy question goes to the cheapest", {}, "llama-3.3-70b"],
  ["a hard one to a strong model", { difficulty: 0.75 }, "claude-sonnet"],
  ["the hardest to the strongest", { difficulty: 1 }, "claude-opus"],
  ["long material to one that has room", { tokens: { in: 150_000, out: 500 } }, "claude-sonnet"],
  ["a small budget to what it pays for", { difficulty: 1, budget: 10_000_000 }, "llama-3.3-70b"],
  ["with no provider of it, not to it", { difficulty: 0.75, offered: ["gpt-4-turbo"] }, "gpt-4-turbo"],
  ["no budget to nobody", { budget: 0 }, undefined],
  ["a model that is named, to it", { asked: "claude-opus" }, "claude-opus"],
  ["an unknown model to nobody", { asked: "nobody" }, undefined],
  ["too long a text for the named model to nobody", { asked: "llama-3.3-70b", tokens: { in: 30_000, out: 1 } }, undefined],
  ["before any price to nobody", { at: 0 }, undefined],
] as const)
  test(what, () => expect(chooseModel({ ...base, ...changes })?.id).toBe(expected));

test("a question for reasons over many sources is harder than a short one", () => {
  expect(difficultyOf("Why do the two designs differ, and how would you compare them?", 8)).toBeGreaterThan(
    difficultyOf("Who wrote it?", 1),
  );
});
