import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DocumentReader, Embedder } from "../../kernel/index.ts";
import { renewVectors } from "../../pipeline/embed-chunks.ts";
import { type IndexReport, indexPaths, indexTexts } from "../../pipeline/index-run.ts";
import { createReader, type ReaderOptions } from "./index.ts";
import { SqliteVault } from "./vault.ts";

let home: string;
let docs: string;
let vault: SqliteVault;
let reader: DocumentReader;
const signal = new AbortController().signal;

/** Letters as vectors: enough to tell texts apart. */
const letters = (text: string) => {
  const vector = new Float32Array(32);
  for (const letter of text.toLowerCase()) vector[letter.charCodeAt(0) % 32] = (vector[letter.charCodeAt(0) % 32] as number) + 1;
  const length = Math.hypot(...vector) || 1;
  return vector.map((x) => x / length);
};
const embedder: Embedder = {
  id: "letters",
  dimensions: 32,
  embed: async (text) => letters(text),
  embedAll: async (texts) => texts.map(letters),
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "vault-"));
  docs = join(home, "docs");
  mkdirSync(docs);
  vault = new SqliteVault({ file: join(home, "knowledge.db"), model: embedder.id });
  reader = createReader();
});
afterEach(async () => {
  await reader.close();
  vault.close();
  rmSync(home, { recursive: true, force: true });
});

function files(contents: Record<string, string | Uint8Array>): void {
  for (const [path, bytes] of Object.entries(contents)) {
    mkdirSync(dirname(join(docs, path)), { recursive: true });
    writeFileSync(join(docs, path), bytes);
  }
}

async function index(using: DocumentReader = reader): Promise<Omit<IndexReport, "ms">> {
  const { ms, ...report } = await indexPaths({ paths: [docs], vault, embedder, reader: using, signal });
  expect(ms).toBeGreaterThan(0);
  return { ...report, skipped: report.skipped.map(({ path, reason }) => ({ path: path.slice(docs.length + 1), reason })) };
}

async function withReader<T>(options: ReaderOptions, work: (reader: DocumentReader) => Promise<T>): Promise<T> {
  const own = createReader(options);
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

const found = (text: string, within: string[] = []) =>
  vault.search({ text, vector: letters(text), limit: 10, within }).map(({ path, text: body }) => [path.slice(docs.length + 1), body]);

const none = { added: 0, updated: 0, unchanged: 0, removed: 0, skipped: [], chunks: 0 };

test("what is new, changed, the same and gone is told apart", async () => {
  files({ "a.md": "# A\n\nAlpha.", "b.txt": "Beta.", "c.txt": "Gamma." });
  expect(await index()).toEqual({ ...none, added: 3, chunks: 3 });
  expect(await index()).toEqual({ ...none, unchanged: 3 });
  files({ "b.txt": "Beta two." });
  utimesSync(join(docs, "a.md"), 1, 1);
  rmSync(join(docs, "c.txt"));
  expect(await index()).toEqual({ ...none, updated: 1, unchanged: 1, removed: 1, chunks: 1 });
  expect(vault.list().map(({ path, title, kind }) => [path.slice(docs.length + 1), title, kind])).toEqual([
    ["a.md", "A", "markdown"],
    ["b.txt", "b.txt", "text"],
  ]);
});

test("when nothing has changed nothing is read", async () => {
  files({ "a.md": "Alpha.", "image.png": Uint8Array.of(137, 80, 78, 71, 0, 0, 0, 1, 0) });
  await index();
  const unread: DocumentReader = { ...reader, read: () => Promise.reject(new Error("was read")) };
  expect(await index(unread)).toEqual({ ...none, unchanged: 1, skipped: [{ path: "image.png", reason: "binary file" }] });
});

test("what cannot be read is skipped with its reason", async () => {
  files({
    "broken.pdf": "%PDF-1.7\nnothing more",
    "empty.md": "",
    "large.txt": "x".repeat(3 * 1024 * 1024),
    "spaces.txt": " \n ",
    "deep.html": "<div>".repeat(6000),
    "zeros.bin": new Uint8Array(100),
    "fine.md": "Fine.",
  });
  const report = await withReader({ maxBytes: 2 * 1024 * 1024 }, index);
  expect(report).toEqual({
    ...none,
    added: 1,
    chunks: 1,
    skipped: [
      { path: "broken.pdf", reason: "broken PDF" },
      { path: "deep.html", reason: "nested too deeply" },
      { path: "empty.md", reason: "empty file" },
      { path: "large.txt", reason: "larger than 2 MB" },
      { path: "spaces.txt", reason: "no text in it" },
      { path: "zeros.bin", reason: "binary file" },
    ],
  });
});

test("a file that takes the thread's memory costs no other file", async () => {
  files({ "a.md": "Alpha.", "b.html": "<b>x</b> ".repeat(1_000_000), "c.md": "Gamma." });
  const report = await withReader({ maxHeapMiB: 24 }, index);
  expect(report).toMatchObject({ added: 2, skipped: [{ path: "b.html", reason: "needs too much memory to read" }] });
});

test("a file that vanishes between walk and reading is skipped", async () => {
  files({ "a.md": "Alpha." });
  const gone = join(docs, "gone.md");
  expect(await reader.read([{ path: gone, size: 1, modified: 1 }], signal)).toEqual([
    { path: gone, size: 1, modified: 1, reason: "vanished while indexing" },
  ]);
});

test("a run that is aborted keeps what was written and stops the reading thread", async () => {
  files(Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${i}.md`, `Text number ${i}.`])));
  const stop = new AbortController();
  const run = indexPaths({
    paths: [docs],
    vault,
    embedder,
    reader,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow("enough");
  const kept = vault.stats().documents;
  expect(kept).toBeGreaterThan(0);
  expect(await index()).toMatchObject({ unchanged: kept, added: 400 - kept });
});

test("search finds by words, within the given paths", async () => {
  files({ "one/a.md": "The zebra runs.", "two/b.md": "A zebra sleeps.", "two/c.md": "Nothing here." });
  await index();
  expect(found("zebra runs")[0]).toEqual(["one/a.md", "The zebra runs."]);
  expect(found("zebra", [join(docs, "two")]).map(([path]) => path)).toEqual(["two/b.md", "two/c.md"]);
  expect(found("zebra", [join(docs, "tw")])).toEqual([]);
});

test.each(['"', "a* OR", "NEAR(x)", "-", "'; DROP TABLE documents; --", "title:x", "\u0000", "the of and", ""])(
  "a question of odd characters is only words: %j",
  async (text) => {
    files({ "a.md": "The plain text of a file." });
    await index();
    expect(found(text).length).toBeLessThanOrEqual(1);
  },
);

test("nothing of a removed document remains in the file", async () => {
  files({ "a.md": "# Xylophone\n\nQuixotic zebra.", "b.md": "Plain." });
  await index();
  expect(vault.remove([join(docs, "a.md")])).toBe(1);
  expect(vault.stats()).toMatchObject({ documents: 1, chunks: 1 });
  vault.close();
  const bytes = readFileSync(join(home, "knowledge.db"), "latin1");
  expect(["xylophon", "quixot", "zebra", "Xylophone", "Quixotic", "a.md"].filter((word) => bytes.includes(word))).toEqual([]);
  expect(bytes).toContain("Plain");
});

test("two processes' vaults on one file see each other's documents", async () => {
  const other = new SqliteVault({ file: join(home, "knowledge.db"), model: embedder.id });
  files({ "a.md": "Alpha." });
  const runs = [vault, other].map((each) => indexPaths({ paths: [docs], vault: each, embedder, reader, signal }));
  await Promise.all(runs);
  expect(other.stats()).toMatchObject({ documents: 1, chunks: 1 });
  other.close();
});

test("of many chunks, what was added or removed since the last search is found or gone", async () => {
  const text = (i: number) => `Word${i} ${"abcdefghijklmnopqrstuvwxyz"[i % 26]?.repeat((i % 7) + 3)} number ${i}.`;
  files(Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`${i}.md`, text(i)])));
  await index();
  const nearest = (i: number) =>
    vault.search({ text: "", vector: letters(`${i}.md\n${text(i)}`), limit: 1, within: [], rerank: false })[0]?.text;
  expect([nearest(5), nearest(5), nearest(2000)]).toEqual([text(5), text(5), text(2000)]); // the first in SQLite, then in memory
  vault.remove([join(docs, "5.md")]);
  expect(nearest(5)).not.toBe(text(5));
  files({ "5.md": text(5) });
  await index();
  expect(nearest(5)).toBe(text(5));
  const within = [join(docs, "7.md")];
  expect(vault.search({ text: "", vector: letters("x"), limit: 5, within, rerank: false }).map(({ path }) => path)).toEqual(within);
});

test("another model's vectors are renewed by the next run, and search works before and after", async () => {
  files(Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`${i}.md`, `Text number ${i} of zebra.`])));
  await index();
  const other: Embedder = { ...embedder, id: "other" };
  const changed = new SqliteVault({ file: join(home, "knowledge.db"), model: other.id });
  const asked = { text: "zebra", vector: letters("zebra"), limit: 3, within: [] };
  const byVector = { ...asked, text: "" };
  expect([changed.search(asked).length, changed.search(byVector).length]).toEqual([3, 0]);
  const told: number[] = [];
  const onRenewed = (chunks: number) => told.push(chunks);
  expect(await renewVectors({ vault: changed, embedder: other, signal, renewMs: 0, onRenewed })).toBe(256); // a question does not wait for all
  expect(changed.search(byVector)).toHaveLength(3);
  expect(await renewVectors({ vault: changed, embedder: other, signal, onRenewed })).toBe(344);
  expect(told).toEqual([256, 256, 344]);
  expect([changed.search(asked).length, changed.search(byVector).length]).toEqual([3, 3]);
  expect(await renewVectors({ vault: changed, embedder: other, signal })).toBe(0);
  changed.close();
});

test("the vault is private to its user", () => {
  vault.stats();
  expect(statSync(join(home, "knowledge.db")).mode & 0o777).toBe(0o600);
});

test("texts of a batch are documents under their path or id", async () => {
  const parts = { vault, embedder, reader, signal };
  const lines = [
    { id: "1", title: "One", text: "First text." },
    { id: "2", path: "notes/two.md", text: "# Two\n\nSecond text." },
    { id: "3", text: " " },
  ];
  expect(await indexTexts(lines, parts)).toEqual([
    { id: "1", path: "1", status: "added", chunks: 1 },
    { id: "2", path: "notes/two.md", status: "added", chunks: 1 },
    { id: "3", path: "3", status: "skipped", reason: "no text in it" },
  ]);
  expect((await indexTexts(lines, parts)).map(({ status }) => status)).toEqual(["unchanged", "unchanged", "skipped"]);
  expect(vault.list().map(({ path, title }) => [path, title])).toEqual([
    ["1", "One"],
    ["notes/two.md", "Two"],
  ]);
});

test("copies of one passage do not crowd out others, even where there are very many, and come last", async () => {
  const licence =
    "Permission is granted to use the zebra software without charge, to copy it and to share it with anybody who asks. ".repeat(4);
  files(Object.fromEntries(Array.from({ length: 450 }, (_, i) => [`licence-${i}.md`, `Copyright of company ${i}. ${licence}`])));
  const others = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`other-${i}.md`, `Paragraph ${i} mentions a zebra ${"word ".repeat(i)}.`]),
  );
  files(others);
  await index();
  const paths = (limit: number) =>
    vault
      .search({ text: "zebra permission granted", vector: letters(licence), limit, within: [] })
      .map(({ path }) => path.slice(docs.length + 1));
  const first = paths(10);
  expect(first.filter((path) => path.startsWith("licence"))).toHaveLength(1);
  expect(first.filter((path) => path.startsWith("other"))).toHaveLength(9);
  const scores = vault.search({ text: "zebra permission", limit: 400, within: [] }).map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(scores).toHaveLength(400);
});

test("another way of cutting reads everything once more, also what was skipped", async () => {
  files({ "a.md": "Alpha.\n\nBeta.", "image.png": Uint8Array.of(137, 80, 78, 71, 0, 0, 0, 1, 0) });
  await index();
  const skipped = [{ path: "image.png", reason: "binary file" }];
  await withReader({ chunking: { kind: "paragraph" } }, async (other) => {
    expect(await index(other)).toEqual({ ...none, updated: 1, chunks: 2, skipped });
    expect(await index({ ...other, read: () => Promise.reject(new Error("was read")) })).toEqual({ ...none, unchanged: 1, skipped });
    expect([vault.state(join(docs, "a.md")), vault.state(join(docs, "image.png"))].map((state) => state?.recipe)).toEqual([
      other.recipe,
      other.recipe,
    ]);
  });
});
