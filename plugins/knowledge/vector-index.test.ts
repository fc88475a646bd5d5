import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteVault } from "./vault.ts";

const DIMENSIONS = 32;
/** Of unit length, no two alike. */
function vectorOf(i: number): Float32Array {
  const numbers = Array.from({ length: DIMENSIONS }, (_, j) => Math.sin((i + 1) * 12.9898 + j * 78.233) * 43_758.5453).map(
    (x) => x - Math.round(x),
  );
  return Float32Array.from(numbers, (x) => x / Math.hypot(...numbers));
}
const document = (i: number) => ({
  ...{ path: `/${i % 50}/${i}`, title: "", kind: "text", hash: String(i), size: 0, modified: 0 },
  chunks: [{ start: 0, end: 1, heading: "", text: String(i) }],
  vectors: [vectorOf(i)],
});
const documents = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => document(from + i));

let folder: string;
let vault: SqliteVault;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vectors-"));
  vault = new SqliteVault({ file: join(folder, "knowledge.db"), model: "some" });
  vault.write(documents(0, 5_000));
});
afterEach(() => {
  vault.close();
  rmSync(folder, { recursive: true });
});

const find = (i: number, within: string[] = []) =>
  vault.search({ text: "", vector: vectorOf(i), limit: 10, within, rerank: false }).map(({ path }) => path);
/** Reads the vectors into memory. */
const warm = async () => {
  for (let i = 0; i < 2; i++) find(1);
  await vault.settled();
};

test.each([[[]], [["/7", "/9"]]])("in memory the nearest within %j are those that SQLite finds", async (within) => {
  const inSqlite = [77, 2_345, 4_999].map((i) => find(i, within));
  await warm();
  expect([77, 2_345, 4_999].map((i) => find(i, within))).toEqual(inSqlite);
});

test.each([3, 700])("%i new chunks, changes and removals show at once, and when they are in memory", async (count) => {
  await warm();
  vault.write([...documents(5_000, 5_000 + count), { ...document(7), hash: "new", vectors: [vectorOf(9_999)] }]);
  vault.removeExactly([document(8).path]);
  for (const _ of ["at once", "in memory"]) {
    for (const i of [5_000, 5_000 + count - 1]) expect(find(i)[0]).toBe(document(i).path);
    expect(find(9_999)[0]).toBe(document(7).path);
    expect(find(8)).not.toContain(document(8).path);
    await vault.settled();
  }
});

test("a vault that is closed while its vectors are read stops reading them", async () => {
  for (let i = 0; i < 2; i++) find(1);
  const settled = vault.settled();
  vault.close();
  await settled;
  expect(find(77)[0]).toBe(document(77).path); // opened anew
});
