import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "sqlite-vec";
import { expect, test } from "vitest";
import type { Embedder } from "../../kernel/index.ts";
import { LocalDatabase } from "../../pipeline/database.ts";
import { indexPaths } from "../../pipeline/index-run.ts";
import { quantise } from "./quantise.ts";
import { createReader } from "./reader.ts";
import { MIGRATIONS } from "./schema.ts";
import { SqliteVault } from "./vault.ts";

const vector = Float32Array.of(1, 0);
const embedder: Embedder = { id: "flat", dimensions: 2, embed: async () => vector, embedAll: async (all) => all.map(() => vector) };

test("a database of the first version opens, is searched, and learns tags and classes when its files are read again", async () => {
  const home = mkdtempSync(join(tmpdir(), "schema-"));
  const path = join(home, "note.md");
  writeFileSync(path, "---\ntags: [old]\n---\nA zebra of ann@example.com.");
  const file = join(home, "knowledge.db");
  const first = new LocalDatabase(file, MIGRATIONS.slice(0, 1), (db) => load(db));
  first.transaction((db) => {
    db.prepare("INSERT INTO models (id, name) VALUES (1, 'flat')").run();
    db.prepare("INSERT INTO documents (path, title, kind, hash, size, modified) VALUES (?, 'note', 'markdown', 'x', 1, 1)").run(path);
    db.prepare(`INSERT INTO chunks (document, start, "end", heading, text) VALUES (1, 0, 13, '', 'An old zebra.')`).run();
    db.prepare("INSERT INTO words (rowid, title, heading, text) VALUES (1, 'note', '', 'An old zebra.')").run();
    db.prepare("INSERT INTO vectors (chunk, model, vector) VALUES (1, 1, ?)").run(Buffer.from(quantise(vector).buffer));
  });
  first.close();

  const vault = new SqliteVault({ file, model: "flat" });
  const reader = createReader();
  try {
    const search = (tags?: string[]) => vault.search({ text: "zebra", vector, limit: 5, within: [], ...(tags && { tags }) });
    expect(search()).toMatchObject([{ text: "An old zebra." }]);
    expect(search()[0]).not.toHaveProperty("privacy");
    expect(search(["old"])).toEqual([]);
    expect(vault.stats()).toMatchObject({ documents: 1, classes: { unknown: 1 }, personal: {} });
    const signal = new AbortController().signal;
    expect(await indexPaths({ paths: [path], vault, embedder, reader, signal })).toMatchObject({ updated: 1 });
    expect(search(["old"])).toMatchObject([{ text: "A zebra of ann@example.com." }]);
    expect(vault.list()).toMatchObject([{ tags: ["old"] }]);
  } finally {
    await reader.close();
    vault.close();
    rmSync(home, { recursive: true });
  }
});
