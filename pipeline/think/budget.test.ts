import fc from "fast-check";
import { expect, test } from "vitest";
import { charactersIn, fitInto, type Sizes } from "./budget.ts";

const SIZES: Sizes = {
  history: [10, 20],
  passages: [
    [5, 5, 5],
    [7, 7],
    [9, 9],
  ],
};

const cases: [name: string, room: number, kept: ReturnType<typeof fitInto>][] = [
  ["what fits is kept whole", 77, { history: 2, passages: 3, sentences: 2 }],
  ["the oldest exchange goes first", 76, { history: 1, passages: 3, sentences: 2 }],
  ["then the younger ones", 66, { history: 0, passages: 3, sentences: 2 }],
  ["then the lowest passage", 46, { history: 0, passages: 2, sentences: 2 }],
  ["then the next", 28, { history: 0, passages: 1, sentences: 3 }],
  ["then the tail of the last one", 14, { history: 0, passages: 1, sentences: 2 }],
  ["the first sentence stays, whatever there is", 0, { history: 0, passages: 1, sentences: 1 }],
];
test.each(cases)("%s", (_, room, kept) => expect(fitInto(room, SIZES)).toEqual(kept));

test("nothing to cut is no fault", () => {
  expect(fitInto(0, { history: [], passages: [] })).toEqual({ history: 0, passages: 0, sentences: 0 });
});

test("what is kept fits, unless it is one sentence", () => {
  const size = fc.integer({ min: 1, max: 500 });
  const sizes = fc.record({ history: fc.array(size), passages: fc.array(fc.array(size, { minLength: 1 }), { minLength: 1 }) });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 5000 }), (all, room) => {
      const kept = fitInto(room, all);
      const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
      const last = all.passages[kept.passages - 1]?.slice(0, kept.sentences) ?? [];
      const used =
        sum(all.history.slice(all.history.length - kept.history)) + sum(all.passages.slice(0, kept.passages - 1).flat()) + sum(last);
      expect(used <= room || (kept.history === 0 && kept.passages === 1 && kept.sentences === 1)).toBe(true);
    }),
  );
});

test("characters follow the sample, or a careful guess", () => {
  expect(charactersIn(100, { characters: 900, tokens: 200 })).toBe(450);
  expect(charactersIn(100)).toBe(300);
  expect(charactersIn(-5)).toBe(0);
});
