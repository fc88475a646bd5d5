import type Sqlite from "better-sqlite3";
import type { SearchHit, SearchRequest } from "../../kernel/index.ts";
import { below } from "./below.ts";
import { idf } from "./bm25.ts";
import { Corpus } from "./corpus.ts";
import { fuse, type Scored } from "./fuse.ts";
import { dequantise, quantise } from "./quantise.ts";
import { matchAny, type QueryTerm, queryTerms } from "./query-terms.ts";
import { type Candidate, rerank } from "./rerank.ts";

/** Candidates taken from each of the two indexes, and how many of all are looked at more closely. */
const CANDIDATES = 100;
const RERANKED = 50;

/**
 * Rows that full text may score: FTS5 computes a score for each row that holds any of the words. Common words beyond
 * this are left to the reranker, which counts every word of every candidate.
 */
const MAX_SCORED = 20_000;

/** How much a word counts in the title, the headings and the text. */
const COLUMN_WEIGHTS = "2.0, 1.5, 1.0";

export interface SearcherOptions {
  /** Row of the embedder whose vectors are searched. */
  readonly model: number;
  readonly embedNow?: (text: string) => Float32Array;
}

/** Hybrid search on one connection: full text and vectors, fused by rank, the first of them reranked. */
export class Searcher {
  readonly #db: Sqlite.Database;
  readonly #options: SearcherOptions;
  readonly #corpus: Corpus;

  constructor(db: Sqlite.Database, options: SearcherOptions) {
    this.#db = db;
    this.#options = options;
    this.#corpus = new Corpus(db);
  }

  search(request: SearchRequest): SearchHit[] {
    const terms = queryTerms(request.text);
    const count = Math.max(CANDIDATES, request.limit);
    const fused = fuse([
      { ids: this.#byWords(terms, request.within, count), weight: 1 },
      { ids: this.#byVector(request, count), weight: 0.7 },
    ]);
    const ranked = request.rerank === false ? fused : this.#reranked(fused, terms, request);
    return ranked.slice(0, request.limit).map(({ id, score }) => toHit(this.#row(id), score));
  }

  #byWords(terms: readonly QueryTerm[], within: readonly string[], limit: number): number[] {
    const chosen = this.#affordable(terms);
    if (chosen.length === 0) return [];
    const { sql, bind } = inDocuments(within);
    return this.#db
      .prepare(
        `SELECT words.rowid FROM words ${within.length > 0 ? "JOIN chunks ON chunks.id = words.rowid" : ""}
         WHERE words MATCH ? AND ${sql} ORDER BY bm25(words, ${COLUMN_WEIGHTS}), words.rowid LIMIT ?`,
      )
      .pluck()
      .all(matchAny(chosen), ...bind, limit) as number[];
  }

  /** The rarest terms, as many as may be scored; always one. */
  #affordable(terms: readonly QueryTerm[]): QueryTerm[] {
    if (this.#corpus.chunks <= MAX_SCORED) return [...terms];
    const byRarity = terms
      .map((term) => ({ term, rows: this.#corpus.chunksWith(term.term) }))
      .filter(({ rows }) => rows > 0)
      .sort((a, b) => a.rows - b.rows);
    const chosen = byRarity.slice(0, 1);
    let scored = chosen[0]?.rows ?? 0;
    for (const each of byRarity.slice(1)) {
      scored += each.rows;
      if (scored > MAX_SCORED) break;
      chosen.push(each);
    }
    return chosen.map(({ term }) => term);
  }

  #byVector({ vector, within }: SearchRequest, limit: number): number[] {
    if (!vector) return [];
    const { sql, bind } = inDocuments(within);
    return this.#db
      .prepare(
        `SELECT chunk FROM vectors ${within.length > 0 ? "JOIN chunks ON chunks.id = vectors.chunk" : ""}
         WHERE model = ? AND ${sql} ORDER BY vec_distance_l2(vec_int8(vector), vec_int8(?)), chunk LIMIT ?`,
      )
      .pluck()
      .all(this.#options.model, ...bind, Buffer.from(quantise(vector).buffer), limit) as number[];
  }

  #reranked(fused: readonly Scored[], terms: readonly QueryTerm[], { vector }: SearchRequest): Scored[] {
    const first = fused.slice(0, RERANKED);
    const rest = fused.slice(RERANKED);
    if (first.length < 2) return [...fused];
    const total = this.#corpus.chunks;
    const { embedNow } = this.#options;
    const query = {
      terms: terms.map(({ term }) => ({ term, idf: idf(this.#corpus.chunksWith(term), total) })),
      averageLength: this.#corpus.averageLength,
      ...(vector && { vector }),
      ...(embedNow && { embedNow }),
    };
    const scores = rerank(
      query,
      first.map(({ id }) => toCandidate(this.#row(id))),
    );
    const ranked = first.map(({ id }, i) => ({ id, score: scores[i] as number })).sort((a, b) => b.score - a.score || a.id - b.id);
    // What was not looked at follows in its order, with scores that say so.
    const floor = (ranked.at(-1)?.score ?? 0) / (rest[0]?.score ?? 1);
    return [...ranked, ...rest.map(({ id, score }) => ({ id, score: score * floor }))];
  }

  #row(id: number): Row {
    return this.#db
      .prepare(
        `SELECT chunks.id, path, title, heading, start, "end", text, map,
           (SELECT vector FROM vectors WHERE chunk = chunks.id AND model = ?) AS vector
         FROM chunks JOIN documents ON documents.id = chunks.document WHERE chunks.id = ?`,
      )
      .get(this.#options.model, id) as Row;
  }
}

interface Row extends Omit<SearchHit, "map" | "score"> {
  readonly map: Buffer | null;
  readonly vector: Buffer | null;
}

function toHit({ map, vector: _, ...row }: Row, score: number): SearchHit {
  return map ? { ...row, score, map: [...new Uint32Array(new Uint8Array(map).buffer)] } : { ...row, score };
}

function toCandidate({ title, heading, text, vector }: Row): Candidate {
  return vector ? { title, heading, text, vector: dequantise(vector) } : { title, heading, text };
}

function inDocuments(within: readonly string[]): { sql: string; bind: string[] } {
  if (within.length === 0) return { sql: "TRUE", bind: [] };
  const { sql, bind } = below("path", within);
  return { sql: `chunks.document IN (SELECT id FROM documents WHERE ${sql})`, bind };
}
