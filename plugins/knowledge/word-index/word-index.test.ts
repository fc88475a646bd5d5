import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { matchAny, queryTerms } from "../query-terms.ts";
import { SqliteVault } from "../vault.ts";

const WORDS = "lamp tower harbour zebra ocean river stone cloud piano violin garden window bridge candle mirror".split(" ");
/** Words as in a language: the first stand in nearly every chunk, the last in few. */
const text = (i: number) => WORDS.filter((_, k) => (i * 2_654_435_761) % (k + 2) === 0).join(" ");
const document = (i: number, body = text(i)) => ({
  ...{ path: `/d${i % 500}/${i}`, title: i % 3 === 0 ? "Tower" : "", kind: "text", hash: String(i), size: 0, modified: 0 },
  chunks: [{ start: 0, end: body.length, heading: i % 5 === 0 ? "On rivers" : "", text: `${body}. The number is n${i}.` }],
  vectors: [],
});

let folder: string;
let vault: SqliteVault;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "words-"));
  vault = new SqliteVault({ file: join(folder, "knowledge.db"), model: "none" });
  vault.write(Array.from({ length: 2_500 }, (_, i) => document(i)));
});
afterEach(() => {
  vault.close();
  rmSync(folder, { recursive: true });
});

const find = (question: string, within: string[] = []) =>
  vault.search({ text: question, limit: 20, within, rerank: false }).map(({ path }) => path);
/** Makes the index in memory. */
const warm = async () => {
  for (let i = 0; i < 2; i++) find("lamp");
  await vault.settled();
};

/** Compares the scores that FTS5 gives to what is found with the best it gives. */
function expectRankedAsInSqlite(question: string): void {
  const db = new Sqlite(join(folder, "knowledge.db"), { readonly: true });
  const inSqlite = db
    .prepare(
      `SELECT path, -bm25(words, 2.0, 1.5, 1.0) AS score FROM words JOIN chunks ON chunks.id = words.rowid
       JOIN documents ON documents.id = document WHERE words MATCH ? ORDER BY score DESC`,
    )
    .all(matchAny(queryTerms(question))) as { path: string; score: number }[];
  db.close();
  const scores = new Map(inSqlite.map(({ path, score }) => [path, score]));
  const found = find(question).map((path) => scores.get(path) ?? 0);
  const best = inSqlite.slice(0, found.length).map(({ score }) => score);
  for (const [i, score] of found.entries()) expect(score).toBeCloseTo(best[i] as number, 4);
}

test.each(["tower mirror", "bridge candle violin zebra", "rivers", "n77 lamp"])("in memory %j ranks as in SQLite", async (question) => {
  await warm();
  expectRankedAsInSqlite(question);
});

test("a first search, which scores only chunks with a rare word, counts that word no more than it counts", () => {
  const texts = [
    ...Array.from({ length: 2_900 }, () => "harp pad pad pad pad pad"),
    ...Array.from({ length: 3_100 }, () => "drum pad pad pad pad pad"),
    ...["harp harp harp drum pad pad", "harp drum drum drum drum drum"],
  ];
  vault.write(texts.map((each, i) => ({ ...document(9_000 + i, each), title: "", path: `/${i}` })));
  expectRankedAsInSqlite("harp drum");
  expect(find("harp drum").slice(0, 2)).toEqual(["/6001", "/6000"]);
});

test("a first search within folders finds only there", () => {
  vault.write(Array.from({ length: 5_000 }, (_, i) => document(i + 2_500)));
  const found = find("mirror candle lamp", ["/d5", "/d8"]);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((path) => /^\/d[58]\//.test(path))).toBe(true);
});

test("what was written, changed or removed after it was made is found or gone at once, and again when it caught up", async () => {
  await warm();
  vault.write([document(9_000, "a new xylophone"), document(7, "the changed accordion")]);
  vault.removeExactly([document(8).path]);
  for (const _ of ["at once", "caught up"]) {
    expect(find("xylophone")).toEqual([document(9_000).path]);
    expect(find("accordion")).toEqual([document(7).path]);
    expect(find("n8")).toEqual([]);
    expect(find("n7")).toEqual([document(7).path]);
    await vault.settled();
  }
});

test("another process's documents are found", async () => {
  await warm();
  const other = new SqliteVault({ file: join(folder, "knowledge.db"), model: "none" });
  other.write([document(9_000, "a new xylophone")]);
  other.close();
  expect(find("xylophone")).toHaveLength(1);
  await vault.settled();
  expect(find("xylophone")).toHaveLength(1);
});

test("a search within folders finds only there", async () => {
  await warm();
  const found = find("tower mirror", ["/d5", "/d8"]);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((path) => /^\/d[58]\//.test(path))).toBe(true);
});

test("a question of stop words alone is answered", async () => {
  await warm();
  expect(find("the is")).toHaveLength(20);
});

test("a vault that is closed while its index is made stops making it", async () => {
  for (let i = 0; i < 2; i++) find("lamp");
  const settled = vault.settled();
  vault.close();
  await settled;
  expect(find("n77")).toHaveLength(1); // opened anew
});
