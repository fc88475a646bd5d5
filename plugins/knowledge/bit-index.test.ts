import fc from "fast-check";
import { expect, test } from "vitest";
import { BitIndex } from "./bit-index.ts";

const vectors = (dimensions: number) =>
  fc.array(fc.array(fc.integer({ min: -127, max: 127 }), { minLength: dimensions, maxLength: dimensions }), {
    minLength: 1,
    maxLength: 60,
  });

test.each([32, 128, 256, 384, 1024])("the nearest by sign are those that counting finds, in %i dimensions", (dimensions) => {
  fc.assert(
    fc.property(vectors(dimensions), fc.integer({ min: 1, max: 20 }), (rows, count) => {
      const index = new BitIndex(dimensions);
      for (const [i, row] of rows.entries()) index.add(1000 + i, i % 3, Int8Array.from(row));
      const query = rows[0] as number[];
      const distance = (row: number[]) => row.filter((x, i) => x > 0 !== (query[i] as number) > 0).length;
      for (const allowed of [undefined, (group: number) => group === 0]) {
        const among = rows
          .map((row, i) => ({ id: 1000 + i, d: distance(row), group: i % 3 }))
          .filter(({ group }) => allowed?.(group) ?? true);
        const limit = among.map(({ d }) => d).sort((a, b) => a - b)[Math.min(count, among.length) - 1] ?? 0;
        const expected = among.filter(({ d }) => d <= limit).map(({ id }) => id);
        expect(index.nearest(Int8Array.from(query), count, allowed)).toEqual(expected);
      }
    }),
    { numRuns: 20 },
  );
});

test("an index grows past its first memory", () => {
  const index = new BitIndex(256);
  const row = (i: number) => Int8Array.from({ length: 256 }, (_, j) => ((i >> (j % 16)) & 1 ? 1 : -1));
  for (let i = 0; i < 20_000; i++) index.add(i, 0, row(i));
  expect(index.nearest(row(12_345), 1)).toEqual([12_345]);
  expect(index.size).toBe(20_000);
});

test("an empty index finds nothing", () => expect(new BitIndex(8).nearest(new Int8Array(8), 3)).toEqual([]));
