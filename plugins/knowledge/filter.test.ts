import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { DocumentFilter, IndexedDocument } from "../../kernel/index.ts";
import { SqliteVault } from "./vault.ts";

const home = mkdtempSync(join(tmpdir(), "filter-"));
const vault = new SqliteVault({ file: join(home, "knowledge.db"), model: "flat" });
afterAll(() => {
  vault.close();
  rmSync(home, { recursive: true });
});

const document = (path: string, kind: string, modified: number, tags: readonly string[] = []): IndexedDocument => ({
  ...{ path, title: path, kind, hash: path, size: 1, modified, tags },
  chunks: [{ start: 0, end: 5, heading: "", text: "zebra" }],
  vectors: [Float32Array.of(1, 0)],
});
vault.write([
  document("/a/plan.md", "markdown", 100, ["work", "plan b"]),
  document("/a/notes.MD", "markdown", 200, ["work"]),
  document("/b/tool.ts", "code", 300),
  document("/b/paper.pdf", "pdf", 400, ["100%", "'quoted'"]),
  document("line-7", "text", 0),
]);

const found = (filter: Partial<DocumentFilter>, words = true) =>
  vault
    .search({ text: words ? "zebra" : "", vector: Float32Array.of(1, 0), limit: 10, within: [], ...filter })
    .map(({ path }) => path)
    .sort();

test.each<[what: string, filter: Partial<DocumentFilter>, paths: string[]]>([
  ["nothing asked for", {}, ["/a/notes.MD", "/a/plan.md", "/b/paper.pdf", "/b/tool.ts", "line-7"]],
  ["a kind", { types: ["code"] }, ["/b/tool.ts"]],
  ["an ending, in any case", { types: ["md"] }, ["/a/notes.MD", "/a/plan.md"]],
  ["one of several", { types: ["pdf", "ts"] }, ["/b/paper.pdf", "/b/tool.ts"]],
  ["an ending is whole", { types: ["d"] }, []],
  ["a pattern is no pattern", { types: ["%"] }, []],
  ["a time is included at its beginning", { since: 200 }, ["/a/notes.MD", "/b/paper.pdf", "/b/tool.ts"]],
  ["and not at its end; what is no file has none", { before: 200 }, ["/a/plan.md"]],
  ["both ends", { since: 200, before: 400 }, ["/a/notes.MD", "/b/tool.ts"]],
  ["a tag", { tags: ["work"] }, ["/a/notes.MD", "/a/plan.md"]],
  ["all of several tags", { tags: ["work", "plan b"] }, ["/a/plan.md"]],
  ["a tag of odd characters", { tags: ["100%", "'quoted'"] }, ["/b/paper.pdf"]],
  ["a part of a tag is none", { tags: ["wor"] }, []],
  ["every part together", { within: ["/a"], types: ["markdown"], since: 150, tags: ["work"] }, ["/a/notes.MD"]],
])("%s", (_, filter, paths) => {
  expect(found(filter)).toEqual(paths);
  expect(found(filter, false)).toEqual(paths); // by vector alone
});

test("a document that is written later is met by the same filter", () => {
  expect(found({ types: ["org"] })).toEqual([]);
  vault.write([document("/c/list.org", "text", 500)]);
  expect(found({ types: ["org"] })).toEqual(["/c/list.org"]);
});
