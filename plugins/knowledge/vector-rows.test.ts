import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteRows } from "./byte-rows.ts";
import { SignRows } from "./sign-rows.ts";
import { topPositions } from "./top.ts";

const rowsOf = (dimensions: number) =>
  fc.array(fc.array(fc.integer({ min: -127, max: 127 }), { minLength: dimensions, maxLength: dimensions }), {
    minLength: 1,
    maxLength: 40,
  });

test.each([3, 32, 128, 256, 384])("dot products and nearest signs are those that counting gives, in %i dimensions", (dimensions) => {
  fc.assert(
    fc.property(rowsOf(dimensions), fc.integer({ min: 1, max: 20 }), (rows, count) => {
      const bytes = new ByteRows(dimensions);
      const signs = new SignRows(dimensions);
      for (const row of rows) {
        bytes.add(Int8Array.from(row));
        signs.add(Float32Array.from(row));
      }
      const query = rows[0] as number[];
      const chosen = rows.map((_, i) => i).filter((i) => i % 2 === 0);
      const dot = (row: number[]) => row.reduce((sum, x, i) => sum + x * (query[i] as number), 0);
      expect([...bytes.dots(Int8Array.from(query), Int32Array.from(chosen))]).toEqual(chosen.map((i) => dot(rows[i] as number[])));
      const distances = rows.map((row) => row.filter((x, i) => x > 0 !== (query[i] as number) > 0).length);
      const limit = distances.toSorted((a, b) => a - b)[Math.min(count, rows.length) - 1] as number;
      expect([...signs.nearest(Float32Array.from(query), count)]).toEqual(
        rows.map((_, i) => i).filter((i) => (distances[i] as number) <= limit),
      );
    }),
    { numRuns: 20 },
  );
});

test("rows grow past their first memory", () => {
  const bytes = new ByteRows(256);
  const row = (i: number) => Int8Array.from({ length: 256 }, (_, j) => ((i >> (j % 16)) & 1 ? 3 : -3));
  for (let i = 0; i < 20_000; i++) bytes.add(row(i));
  expect([...bytes.dots(row(12_345), Int32Array.of(12_345, 0))][0]).toBe(9 * 256);
});

test("the greatest come first, of equal ones the earlier", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 100 }), fc.integer({ min: 1, max: 10 }), (scores, count) => {
      const expected = scores.map((_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
      expect(topPositions(Int32Array.from(scores), count)).toEqual(expected.slice(0, count));
    }),
  );
});
