import type Sqlite from "better-sqlite3";
import type { SearchHit, SearchRequest } from "../../kernel/index.ts";
import { idf } from "./bm25.ts";
import { Corpus, type Scope } from "./corpus.ts";
import { findingsOf, type PrivacyColumns } from "./document-writer.ts";
import { fuse, type Scored } from "./fuse.ts";
import { dequantise } from "./quantise.ts";
import { matchAny, type QueryTerm, queryTerms } from "./query-terms.ts";
import { type Candidate, rerank } from "./rerank.ts";
import { VectorIndex } from "./vector-index.ts";

/** Candidates taken from each of the two indexes, and how many of all are looked at more closely. */
const CANDIDATES = 100;
const RERANKED = 30;

/** How much a rank counts in each of the two. */
const FUSION = { words: 1, vectors: 0.7 };

/**
 * Chunks that full text may score: FTS5 computes a score for each that holds any of the words, so that common words take
 * all of its time. Of many chunks only those are scored that hold one of the rarest words, as many as fit: so many, or
 * this share of all. Common words still count in their scores.
 */
const MAX_SCORED = 3_000;
const MAX_SHARE = 0.02;

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
  readonly #match: Sqlite.Statement;
  readonly #matchWithin: Sqlite.Statement;
  readonly #row: Sqlite.Statement;
  #vectors: VectorIndex | undefined;

  constructor(db: Sqlite.Database, options: SearcherOptions) {
    this.#db = db;
    this.#options = options;
    this.#corpus = new Corpus(db);
    const order = `ORDER BY bm25(words, ${COLUMN_WEIGHTS}), words.rowid LIMIT ?`;
    this.#match = db.prepare(`SELECT words.rowid FROM words WHERE words MATCH ? ${order}`).pluck();
    this.#matchWithin = db
      .prepare(
        `SELECT words.rowid FROM words JOIN chunks ON chunks.id = words.rowid
         WHERE words MATCH ? AND chunks.document IN (SELECT value FROM json_each(?)) ${order}`,
      )
      .pluck();
    this.#row = db.prepare(
      `SELECT chunks.id, path, title, heading, start, "end", text, map, chunks.privacy, chunks.personal,
         (SELECT vector FROM vectors WHERE chunk = chunks.id AND model = ?) AS vector
       FROM chunks JOIN documents ON documents.id = chunks.document WHERE chunks.id = ?`,
    );
  }

  search({ text, vector, limit, rerank: closely = true, ...filter }: SearchRequest): SearchHit[] {
    this.#corpus.refresh();
    const scope = this.#corpus.scope(filter);
    const terms = queryTerms(text);
    const count = Math.max(CANDIDATES, limit);
    const fused = fuse([
      { ids: this.#byWords(terms, scope, count), weight: FUSION.words },
      { ids: this.#byVector(vector, scope, count), weight: FUSION.vectors },
    ]);
    const rows = new Map<number, Row>();
    const ranked = closely ? this.#reranked(fused, terms, vector, rows) : fused;
    return ranked.slice(0, limit).map(({ id, score }) => toHit(rows.get(id) ?? this.#read(id), score));
  }

  #byWords(terms: readonly QueryTerm[], scope: Scope, limit: number): number[] {
    const query = this.#bounded(terms);
    if (query === "") return [];
    return (scope ? this.#matchWithin.all(query, JSON.stringify([...scope]), limit) : this.#match.all(query, limit)) as number[];
  }

  /** Any of the terms; of many chunks, only where one of the rarest stands too. */
  #bounded(terms: readonly QueryTerm[]): string {
    const { chunks } = this.#corpus;
    if (chunks <= MAX_SCORED) return matchAny(terms);
    const present = terms
      .map((term) => ({ ...term, rows: this.#corpus.chunksWith(term.term) }))
      .filter(({ rows }) => rows > 0)
      .sort((a, b) => a.rows - b.rows);
    let scored = 0;
    const rare = present.filter((term, i) => {
      scored += term.rows;
      return i === 0 || scored <= Math.max(MAX_SCORED, MAX_SHARE * chunks);
    });
    return rare.length === present.length ? matchAny(present) : `(${matchAny(rare)}) AND (${matchAny(present)})`;
  }

  #byVector(vector: Float32Array | undefined, scope: Scope, limit: number): number[] {
    if (!vector?.some((x) => x !== 0)) return []; // a question without known words is like everything
    this.#vectors ??= new VectorIndex(this.#db, this.#options.model, vector.length);
    return this.#vectors.nearest(vector, limit, scope, this.#corpus.chunks);
  }

  /** Reads the rows that it looks at into `rows`. */
  #reranked(fused: readonly Scored[], terms: readonly QueryTerm[], vector: Float32Array | undefined, rows: Map<number, Row>): Scored[] {
    const first = fused.slice(0, RERANKED);
    const rest = fused.slice(RERANKED);
    if (first.length < 2) return [...fused];
    for (const { id } of first) rows.set(id, this.#read(id));
    const { embedNow } = this.#options;
    const query = {
      terms: terms.map(({ term }) => ({ term, idf: idf(this.#corpus.chunksWith(term), this.#corpus.chunks) })),
      averageLength: this.#corpus.averageLength,
      ...(vector && { vector }),
      ...(embedNow && { embedNow }),
    };
    const scores = rerank(query, [...rows.values()].map(toCandidate));
    const ranked = first.map(({ id }, i) => ({ id, score: scores[i] as number })).sort((a, b) => b.score - a.score || a.id - b.id);
    // What was not looked at follows in its order, with scores that say so.
    const floor = (ranked.at(-1)?.score ?? 0) / (rest[0]?.score ?? 1);
    return [...ranked, ...rest.map(({ id, score }) => ({ id, score: score * floor }))];
  }

  #read(id: number): Row {
    return this.#row.get(this.#options.model, id) as Row;
  }
}

interface Row extends Omit<SearchHit, "map" | "score" | "privacy">, PrivacyColumns {
  readonly map: Buffer | null;
  readonly vector: Buffer | null;
}

function toHit({ map, vector: _, privacy, personal, ...row }: Row, score: number): SearchHit {
  const hit = { ...row, score, ...findingsOf({ privacy, personal }) };
  return map ? { ...hit, map: [...new Uint32Array(new Uint8Array(map).buffer)] } : hit;
}

function toCandidate({ title, heading, text, vector }: Row): Candidate {
  return vector ? { title, heading, text, vector: dequantise(vector) } : { title, heading, text };
}
