import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteRows } from "./byte-rows.ts";
import { CoarseRows } from "./coarse-rows.ts";
import { cosine } from "./quantise.ts";
import { topPositions } from "./top.ts";

const rowsOf = (dimensions: number) =>
  fc.array(fc.array(fc.integer({ min: -127, max: 127 }), { minLength: dimensions, maxLength: dimensions }), {
    minLength: 1,
    maxLength: 40,
  });

test.each([3, 32, 128, 256, 384])("dot products are those that counting gives, in %i dimensions", (dimensions) => {
  fc.assert(
    fc.property(rowsOf(dimensions), (rows) => {
      const bytes = new ByteRows(dimensions);
      for (const row of rows) bytes.add(Int8Array.from(row));
      const query = rows[0] as number[];
      const chosen = rows.map((_, i) => i).filter((i) => i % 2 === 0);
      const dot = (row: number[]) => row.reduce((sum, x, i) => sum + x * (query[i] as number), 0);
      expect([...bytes.dots(Int8Array.from(query), Int32Array.from(chosen))]).toEqual(chosen.map((i) => dot(rows[i] as number[])));
    }),
    { numRuns: 20 },
  );
});

test.each([3, 32, 256, 1_536])("a first look takes those that are greatest by sign and size, in %i dimensions", (dimensions) => {
  const great = 0.98 / Math.sqrt(dimensions);
  fc.assert(
    fc.property(rowsOf(dimensions), fc.integer({ min: 1, max: 50 }), (numbers, count) => {
      const rows = numbers.map((row) => row.map((x) => x / (Math.hypot(...row) || 1)));
      const coarse = new CoarseRows(dimensions);
      for (const row of rows) coarse.add(Float32Array.from(row));
      const query = rows[0] as number[];
      const score = (row: number[]) =>
        row.reduce((sum, x, i) => sum + (x > 0 ? 1 : -1) * (Math.abs(Math.fround(x)) >= great ? 3.3 : 1) * (query[i] as number), 0);
      const found = [...coarse.nearest(Float32Array.from(query), count)];
      expect(found.length).toBeGreaterThanOrEqual(Math.min(count, rows.length));
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      const least = Math.min(...found.map((i) => score(rows[i] as number[])));
      const greatest = Math.max(-Infinity, ...rows.filter((_, i) => !found.includes(i)).map(score));
      // Each of the sums is rounded to one in 127 of the greatest.
      const rounding = (dimensions / 2 + 1) * ((2 * 3.3 * 2 * Math.max(...query.map(Math.abs))) / 127);
      expect(least).toBeGreaterThanOrEqual(greatest - rounding);
    }),
    { numRuns: 20 },
  );
});

test("of vectors that are alike in nothing, the nearest ten are among the first hundred of a first look", () => {
  const random = seeded(5);
  const vector = () => {
    const numbers = Array.from({ length: 256 }, () => random() + random() + random() - 1.5);
    return Float32Array.from(numbers, (x) => x / Math.hypot(...numbers));
  };
  const rows = Array.from({ length: 2_000 }, vector);
  const coarse = new CoarseRows(256);
  for (const row of rows) coarse.add(row);
  const query = vector();
  const nearest = rows.map((row, i) => ({ i, near: cosine(row, query) })).sort((a, b) => b.near - a.near);
  const found = new Set(coarse.nearest(query, 100));
  expect(nearest.slice(0, 10).filter(({ i }) => found.has(i))).toHaveLength(10);
});

/** Numbers from 0 to 1, the same at every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Rows that say their number in their bits. */
const numbered = (i: number) => Float32Array.from({ length: 32 }, (_, j) => (((i * 2_654_435_761) >>> j) & 1 ? 0.25 : -0.1));
const coarseOf = (from: number, to: number) => {
  const rows = new CoarseRows(32);
  for (let i = from; i < to; i++) rows.add(numbered(i));
  return rows;
};

test("rows that are added behind a search are found as those before it", () => {
  const rows = coarseOf(0, 16);
  rows.nearest(numbered(3), 5);
  for (let i = 16; i < 100; i++) rows.add(numbered(i));
  expect([...rows.nearest(numbered(50), 7)]).toEqual([...coarseOf(0, 100).nearest(numbered(50), 7)]);
});

test.each([0, 5, 16, 33])("a copy of other rows behind %i of one's own is as if they were added one by one", (own) => {
  const rows = coarseOf(0, own);
  const bytes = new ByteRows(32);
  const copied = new ByteRows(32);
  for (let i = 0; i < own; i++) bytes.add(quantised(i));
  for (let i = own; i < 90; i++) copied.add(quantised(i));
  if (own > 0) rows.nearest(numbered(3), 5);
  rows.addCopy(coarseOf(own, 90).copy(), 90 - own);
  bytes.addCopy(copied.copy());
  for (let i = 90; i < 100; i++) {
    rows.add(numbered(i));
    bytes.add(quantised(i));
  }
  expect([...rows.nearest(numbered(50), 7)]).toEqual([...coarseOf(0, 100).nearest(numbered(50), 7)]);
  const plain = (i: number) => quantised(i).reduce((sum, x, j) => sum + x * (quantised(50)[j] as number), 0);
  expect([
    ...bytes.dots(
      quantised(50),
      Int32Array.from({ length: 100 }, (_, i) => i),
    ),
  ]).toEqual(Array.from({ length: 100 }, (_, i) => plain(i)));
});

const quantised = (i: number) => Int8Array.from(numbered(i), (x) => x * 100);

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
