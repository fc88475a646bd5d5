import { expect, test } from "vitest";
import type { Brief } from "../../kernel/index.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { fulfilment } from "./fulfilment.ts";

const text = "The bridge was built in 1874.";

/** What Pathos sees of a draft that quotes the first of passages with these scores. */
function searched(...scores: readonly number[]): number {
  const passages = scores.map((score, at) => ({
    id: at,
    path: `${at}.md`,
    start: 0,
    end: text.length,
    title: "",
    heading: "",
    text,
    entities: [],
    score,
  }));
  const draft = { text, quotes: [{ passage: 0, start: 0, end: text.length }] };
  const brief: Brief<string> = { phase: "judge", round: 1, session: "s", question: "When?", passages, objections: [], draft };
  return fulfilment(readQuestion("When was the bridge built?"), brief)["searched"] as number;
}

const FAR = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];

test("the search's trust is near 1 far ahead, less beside an equal, near 0 far behind", () => {
  expect(searched(1, ...FAR)).toBeGreaterThan(0.99);
  expect(searched(1, 1, ...FAR)).toBeCloseTo(0.5, 1);
  expect(searched(0.5, 1, ...FAR)).toBeLessThan(0.01);
});

test("only the scores' ratios count", () => {
  expect(searched(0.8, 0.7, 0.6)).toBeCloseTo(searched(80, 70, 60));
});

test("a single passage is trusted less than one far ahead of many", () => {
  expect(searched(1)).toBeLessThan(searched(1, ...FAR));
});

test.each([[[0, 0, 0]], [[2, 2, 2]], [[-1, -2]], [[Number.NaN, 1]]])("scores %j that tell nothing count as usual ones", (scores) =>
  expect(searched(...scores)).toBe(0.9),
);
