import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveOverlaps } from "./spans.ts";

const text = "abcdefghij klmnopqrst";
const span = (start: number, end: number, priority = 0, type = "A") => ({ start, end, type, priority });

const check = (name: string, spans: ReturnType<typeof span>[], expected: [number, number, string][]) =>
  test(name, () => expect(resolveOverlaps(text, spans).map(({ start, end, type }) => [start, end, type])).toEqual(expected));

check(
  "spans that do not touch are kept in order",
  [span(5, 7), span(0, 2)],
  [
    [0, 2, "A"],
    [5, 7, "A"],
  ],
);
check("the higher priority wins over the longer", [span(0, 5), span(1, 3, 9, "B"), span(0, 5, 9, "C")], [[0, 5, "C"]]);
check("of equal priority the longer wins", [span(2, 4), span(2, 6, 0, "B")], [[2, 6, "B"]]);
check(
  "what a loser covers beyond the winner stays hidden",
  [span(0, 8), span(2, 4, 9, "B")],
  [
    [0, 2, "A"],
    [2, 4, "B"],
    [4, 8, "A"],
  ],
);
check("a rest without letters or digits is left", [span(0, 11), span(0, 10, 9, "B")], [[0, 10, "B"]]);

const refused = (name: string, bad: object) => test(name, () => expect(() => resolveOverlaps(text, [bad as never])).toThrow(RangeError));
refused("a span beyond the text is refused", span(0, 99));
refused("an empty span is refused", span(3, 3));
refused("a fraction is refused", span(0.5, 2));
refused("a type that cannot be a token's name is refused", span(0, 2, 0, "e-mail"));

const anySpan = fc
  .tuple(fc.nat(20), fc.integer({ min: 1, max: 8 }), fc.nat(3))
  .map(([start, length, priority]) => span(start, Math.min(21, start + length), priority, `T${priority}`));

test("the result is disjoint, in order, and covers every letter that any span covered", () => {
  fc.assert(
    fc.property(fc.array(anySpan), (spans) => {
      const settled = resolveOverlaps(text, spans);
      for (const [i, { start }] of settled.entries()) expect(start).toBeGreaterThanOrEqual(settled[i - 1]?.end ?? 0);
      const covered = (list: readonly { start: number; end: number }[], at: number) =>
        list.some(({ start, end }) => at >= start && at < end);
      for (const [at, char] of [...text].entries()) if (char !== " ") expect(covered(settled, at)).toBe(covered(spans, at));
    }),
  );
});
