import type Sqlite from "better-sqlite3";
import type { SearchHit, SearchRequest } from "../../kernel/index.ts";
import { below } from "./below.ts";
import { fuse } from "./fuse.ts";
import { matchQuery } from "./match-query.ts";
import { quantise } from "./quantise.ts";

/** Candidates taken from each of the two indexes. */
const CANDIDATES = 100;

/** How much a word counts in the title, the headings and the text. */
const COLUMN_WEIGHTS = "2.0, 1.5, 1.0";

/** Hybrid search: full text and vectors, fused by rank. */
export function search(db: Sqlite.Database, request: SearchRequest, model: number): SearchHit[] {
  const candidates = Math.max(CANDIDATES, request.limit);
  const rankings = [
    { ids: byWords(db, request, candidates), weight: 1 },
    { ids: byVector(db, request, model, candidates), weight: 0.5 },
  ];
  return fuse(rankings)
    .slice(0, request.limit)
    .map(({ id, score }) => hit(db, id, score));
}

function byWords(db: Sqlite.Database, { text, within }: SearchRequest, limit: number): number[] {
  const query = matchQuery(text);
  if (query === undefined) return [];
  const { sql, bind } = inDocuments(within);
  return db
    .prepare(
      `SELECT words.rowid FROM words ${within.length > 0 ? "JOIN chunks ON chunks.id = words.rowid" : ""}
       WHERE words MATCH ? AND ${sql} ORDER BY bm25(words, ${COLUMN_WEIGHTS}), words.rowid LIMIT ?`,
    )
    .pluck()
    .all(query, ...bind, limit) as number[];
}

function byVector(db: Sqlite.Database, { vector, within }: SearchRequest, model: number, limit: number): number[] {
  if (!vector) return [];
  const { sql, bind } = inDocuments(within);
  return db
    .prepare(
      `SELECT chunk FROM vectors ${within.length > 0 ? "JOIN chunks ON chunks.id = vectors.chunk" : ""}
       WHERE model = ? AND ${sql} ORDER BY vec_distance_l2(vec_int8(vector), vec_int8(?)), chunk LIMIT ?`,
    )
    .pluck()
    .all(model, ...bind, Buffer.from(quantise(vector).buffer), limit) as number[];
}

function inDocuments(within: readonly string[]): { sql: string; bind: string[] } {
  if (within.length === 0) return { sql: "TRUE", bind: [] };
  const { sql, bind } = below("path", within);
  return { sql: `chunks.document IN (SELECT id FROM documents WHERE ${sql})`, bind };
}

function hit(db: Sqlite.Database, id: number, score: number): SearchHit {
  const { map, ...row } = db
    .prepare(
      `SELECT chunks.id, path, title, heading, start, "end", text, map
       FROM chunks JOIN documents ON documents.id = chunks.document WHERE chunks.id = ?`,
    )
    .get(id) as Omit<SearchHit, "map" | "score"> & { map: Buffer | null };
  return map ? { ...row, score, map: [...new Uint32Array(new Uint8Array(map).buffer)] } : { ...row, score };
}
