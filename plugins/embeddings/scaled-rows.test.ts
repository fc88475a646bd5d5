import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ScaledRows } from "./scaled-rows.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rows-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = 50;
/** What stands before the table, so that nothing begins at a multiple of four. */
const BEFORE = 7;

function fileOf(dimensions: number): { file: string; at: (row: number, i: number) => number; scales: number } {
  const table = Int8Array.from({ length: COUNT * dimensions }, (_, i) => ((i * 2_654_435_761) >>> 24) - 128);
  const scaleOf = Float32Array.from({ length: COUNT }, (_, i) => Math.sqrt(i) / 100);
  const file = join(folder, String(dimensions));
  writeFileSync(file, Buffer.concat([Buffer.alloc(BEFORE, 1), Buffer.from(table.buffer), Buffer.from(scaleOf.buffer)]));
  const at = (row: number, i: number) => (table[row * dimensions + i] as number) * (scaleOf[row] as number);
  return { file, at, scales: BEFORE + table.length };
}

test.each([1, 3, 32, 40, 256])("rows are added up as counting does, in %i dimensions", (dimensions) => {
  const { file, at, scales } = fileOf(dimensions);
  const rows = new ScaledRows(file, { count: COUNT, dimensions, most: 9, table: BEFORE, scales });
  for (const chosen of [[], [0], [49], [3, 3, 48], [1, 2, 3, 4, 5, 6, 7, 8, 49]]) {
    const sum = rows.sum(chosen);
    expect(sum).toHaveLength(dimensions);
    for (const [i, x] of sum.entries())
      expect(x).toBeCloseTo(
        chosen.reduce((all, row) => all + at(row, i), 0),
        5,
      );
  }
});

test("a file that ends too early is refused", () => {
  const { file, scales } = fileOf(32);
  expect(() => new ScaledRows(file, { count: COUNT + 1, dimensions: 32, most: 9, table: BEFORE, scales })).toThrow(/shorter/);
});
