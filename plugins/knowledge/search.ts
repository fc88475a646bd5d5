import type Sqlite from "better-sqlite3";
import type { SearchHit, SearchRequest } from "../../kernel/index.ts";
import { STOP_WORDS } from "../../pipeline/text/terms.ts";
import { idf, rankingIdf } from "./bm25.ts";
import { type SetAside, setCopiesAside } from "./copies.ts";
import { Corpus, type Scope } from "./corpus.ts";
import { findingsOf, type PrivacyColumns } from "./document-writer.ts";
import { fuse, type Scored } from "./fuse.ts";
import { Lexicon } from "./lexicon.ts";
import type { MemoryThread } from "./memory-thread.ts";
import { cosineStored } from "./quantise.ts";
import { matchAny, type QueryTerm } from "./query-terms.ts";
import { type Candidate, rerank } from "./rerank.ts";
import { VectorIndex } from "./vector-index.ts";
import { Vocabulary } from "./vocabulary.ts";
import type { WordSegments } from "./word-index/segments.ts";
import type { WordIndex } from "./word-index/word-index.ts";
import { wording } from "./wording.ts";

/** Candidates taken from each of the two indexes, and how many of all are looked at more closely. */
const CANDIDATES = 100;
const RERANKED = 30;
/** At most so many candidates where most of them are copies of each other. */
const MAX_CANDIDATES = 1_600;

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
  readonly file: string;
  /** Reads what is held in memory. */
  readonly thread: MemoryThread;
  /** Row of the embedder whose vectors are searched. */
  readonly model: number;
  readonly words: WordIndex;
  readonly embedNow?: (text: string) => Float32Array;
}

/** Hybrid search on one connection: full text and vectors, fused by rank, the first of them reranked. */
export class Searcher {
  readonly #db: Sqlite.Database;
  readonly #options: SearcherOptions;
  readonly #corpus: Corpus;
  readonly #lexicon = new Lexicon();
  readonly #vocabulary: Vocabulary;
  readonly #match: Sqlite.Statement;
  readonly #matchWithin: Sqlite.Statement;
  readonly #chunk: Sqlite.Statement;
  readonly #document: Sqlite.Statement;
  readonly #vector: Sqlite.Statement;
  readonly #any: Sqlite.Statement;
  readonly #exists: Sqlite.Statement;
  #vectors: VectorIndex | undefined;

  constructor(db: Sqlite.Database, options: SearcherOptions) {
    this.#db = db;
    this.#options = options;
    this.#corpus = new Corpus(db, options.words);
    const order = `ORDER BY bm25(words, ${COLUMN_WEIGHTS}), words.rowid LIMIT ?`;
    this.#match = db.prepare(`SELECT words.rowid FROM words WHERE words MATCH ? ${order}`).pluck();
    this.#matchWithin = db
      .prepare(
        `SELECT words.rowid FROM words JOIN chunks ON chunks.id = words.rowid
         WHERE words MATCH ? AND chunks.document IN (SELECT value FROM json_each(?)) ${order}`,
      )
      .pluck();
    // Three statements: joined they take five times as long (better-sqlite3 13.2).
    this.#chunk = db.prepare('SELECT id, document, heading, start, "end", text, map, privacy, personal FROM chunks WHERE id = ?');
    this.#document = db.prepare("SELECT path, title FROM documents WHERE id = ?");
    this.#vector = db.prepare("SELECT vector FROM vectors WHERE chunk = ? AND model = ?").pluck();
    this.#any = db.prepare("SELECT rowid FROM words WHERE words MATCH ? LIMIT 1").pluck();
    this.#vocabulary = new Vocabulary({
      db,
      chunksWith: (term) => this.#corpus.countAnew(term),
      textWith: (word) => this.#textWith(word),
    });
    this.#exists = db.prepare("SELECT 1 FROM chunks WHERE id = ?");
  }

  search({ text: asked, vector: given, limit, rerank: closely = true, ...filter }: SearchRequest): SearchHit[] {
    this.#corpus.refresh();
    const scope = this.#corpus.scope(filter);
    const { terms, text } = wording(asked, (term) => this.#corpus.chunksWith(term), this.#vocabulary);
    const { embedNow } = this.#options;
    const vector = given && embedNow && text !== asked ? embedNow(text) : given;
    const rows = new Map<number, Row>();
    const find = (count: number) => this.#fused(terms, vector, scope, count);
    const count = Math.max(CANDIDATES, limit);
    const ranked = closely ? this.#reranked(this.#distinct(find, count, limit, terms, rows), text, terms, vector, rows) : find(count);
    return ranked.slice(0, limit).map(({ id, score }) => toHit(rows.get(id) ?? this.#read(id), score));
  }

  /** Resolves when no vectors are being read into memory. */
  async settled(): Promise<void> {
    await this.#vectors?.settled();
  }

  #fused(terms: readonly QueryTerm[], vector: Float32Array | undefined, scope: Scope, count: number): Scored[] {
    return fuse([
      { ids: this.#byWords(terms, scope, count), weight: FUSION.words },
      { ids: this.#byVector(vector, scope, count), weight: FUSION.vectors },
    ]);
  }

  /** Candidates with their copies set aside; more are found where copies crowd out all else. Reads rows into `rows`. */
  #distinct(
    find: (count: number) => Scored[],
    count: number,
    limit: number,
    terms: readonly QueryTerm[],
    rows: Map<number, Row>,
  ): SetAside<Scored> {
    const wanted = Math.max(RERANKED, limit);
    const asked = terms.map(({ term }) => term);
    for (let depth = count; ; depth *= 4) {
      const found = find(depth);
      const aside = setCopiesAside(found, wanted, asked, ({ id }) => this.#readInto(rows, id).text);
      if (aside.first.length >= Math.min(limit, RERANKED) || found.length < depth || depth >= MAX_CANDIDATES) return aside;
    }
  }

  #readInto(rows: Map<number, Row>, id: number): Row {
    const row = rows.get(id) ?? this.#read(id);
    rows.set(id, row);
    return row;
  }

  /** Chunks with any of the terms, best first; of many chunks, only those that hold one of the rarest. */
  #byWords(terms: readonly QueryTerm[], scope: Scope, limit: number): number[] {
    const { chunks } = this.#corpus;
    const words = terms.some(({ surface }) => STOP_WORDS.has(surface.toLowerCase())) ? undefined : this.#corpus.words; // which has none
    if (!words && chunks <= MAX_SCORED) return this.#matching(matchAny(terms), scope, limit);
    const present = terms
      .map((term) => ({ ...term, rows: words ? words.chunksWith(term.term) : this.#corpus.storedWith(term.term) }))
      .filter(({ rows }) => rows > 0)
      .sort((a, b) => a.rows - b.rows);
    let scored = 0;
    const rare = present.filter((term, i) => {
      scored += term.rows;
      return i === 0 || scored <= Math.max(MAX_SCORED, MAX_SHARE * chunks);
    });
    if (words) return this.#inMemory(words, present, rare.length, scope, limit);
    if (rare.length === present.length) return this.#matching(matchAny(present), scope, limit);
    return this.#matchingRare(matchAny(rare), matchAny(present), scope, limit);
  }

  /** What matches `rare`, by all of `any`. FTS5 counts what stands twice in an expression twice, so that it is taken off once. */
  #matchingRare(rare: string, any: string, scope: Scope, limit: number): number[] {
    const scores = `AS MATERIALIZED (SELECT rowid AS id, bm25(words, ${COLUMN_WEIGHTS}) AS score FROM words WHERE words MATCH ?)`;
    const inScope = "WHERE (SELECT document FROM chunks WHERE chunks.id = once.id) IN (SELECT value FROM json_each(?))";
    const ranked = this.#db.prepare(
      `WITH once ${scores}, twice ${scores}
       SELECT id FROM twice JOIN once USING (id) ${scope ? inScope : ""} ORDER BY twice.score - once.score, id LIMIT ?`,
    );
    return ranked.pluck().all(rare, `(${rare}) AND (${any})`, ...(scope ? [JSON.stringify([...scope])] : []), limit) as number[];
  }

  #matching(query: string, scope: Scope, limit: number): number[] {
    if (query === "") return [];
    return (scope ? this.#matchWithin.all(query, JSON.stringify([...scope]), limit) : this.#match.all(query, limit)) as number[];
  }

  /** @param present terms, the `rare` ones first. */
  #inMemory(
    words: WordSegments,
    present: readonly (QueryTerm & { readonly rows: number })[],
    rare: number,
    scope: Scope,
    limit: number,
  ): number[] {
    const { chunks } = this.#corpus;
    const terms = present.map(({ term, rows, weight = 1 }) => ({ term, weight: weight * rankingIdf(rows, chunks) }));
    const gone = words.size - chunks;
    const found = words.best(terms, rare, limit + Math.max(0, Math.min(gone, limit)), scope);
    return (gone !== 0 ? found.filter((id) => this.#exists.get(id) !== undefined) : found).slice(0, limit);
  }

  #byVector(vector: Float32Array | undefined, scope: Scope, limit: number): number[] {
    if (!vector?.some((x) => x !== 0)) return []; // a question without known words is like everything
    this.#vectors ??= new VectorIndex(this.#db, { ...this.#options, dimensions: vector.length });
    return this.#vectors.nearest(vector, limit, scope, this.#corpus.chunks);
  }

  /** Copies follow behind all that is distinct. */
  #reranked(
    { first: distinct, copies, rest: unseen }: SetAside<Scored>,
    text: string,
    terms: readonly QueryTerm[],
    vector: Float32Array | undefined,
    rows: Map<number, Row>,
  ): Scored[] {
    const first = distinct.slice(0, RERANKED);
    const rest = falling([...distinct.slice(RERANKED), ...copies, ...unseen]);
    if (first.length < 2) return [...first, ...rest];
    const { embedNow } = this.#options;
    const rarity = (term: string) => idf(this.#corpus.chunksWith(term), this.#corpus.chunks);
    const query = {
      text,
      terms: terms.map(({ term, weight = 1 }) => ({ term, idf: weight * rarity(term) })),
      rarity,
      averageLength: this.#corpus.averageLength,
      lexicon: this.#lexicon,
      ...(vector && { vector }),
      ...(embedNow && { embedNow }),
    };
    const scores = rerank(
      query,
      first.map(({ id }) => toCandidate(this.#readInto(rows, id), vector)),
    );
    const ranked = first.map(({ id }, i) => ({ id, score: scores[i] as number })).sort((a, b) => b.score - a.score || a.id - b.id);
    // What was not looked at follows in its order, with scores that say so.
    const floor = (ranked.at(-1)?.score ?? 0) / (rest[0]?.score ?? 1);
    return [...ranked, ...rest.map(({ id, score }) => ({ id, score: score * floor }))];
  }

  /** A chunk that holds a word, with what stands above it. */
  #textWith(word: string): string | undefined {
    const id = this.#any.get(matchAny([{ term: word, surface: word }])) as number | undefined;
    if (id === undefined) return undefined;
    const { text, heading, title } = this.#read(id);
    return `${title}\n${heading}\n${text}`;
  }

  #read(id: number): Row {
    const { document, ...chunk } = this.#chunk.get(id) as Omit<Row, "path" | "title" | "vector"> & { readonly document: number };
    const about = this.#document.get(document) as Pick<Row, "path" | "title">;
    return { ...chunk, ...about, vector: (this.#vector.get(id, this.#options.model) as Buffer | undefined) ?? null };
  }
}

/** No score above the one before. */
function falling(ranking: readonly Scored[]): Scored[] {
  let least = Number.POSITIVE_INFINITY;
  return ranking.map(({ id, score }) => {
    least = Math.min(least, score);
    return { id, score: least };
  });
}

interface Row extends Omit<SearchHit, "map" | "score" | "privacy">, PrivacyColumns {
  readonly map: Buffer | null;
  readonly vector: Buffer | null;
}

function toHit({ map, vector: _, privacy, personal, ...row }: Row, score: number): SearchHit {
  const hit = { ...row, score, ...findingsOf({ privacy, personal }) };
  return map ? { ...hit, map: [...new Uint32Array(new Uint8Array(map).buffer)] } : hit;
}

function toCandidate({ path, title, heading, text, vector: stored }: Row, vector: Float32Array | undefined): Candidate {
  return { path, title, heading, text, ...(stored && vector && { nearness: cosineStored(vector, stored) }) };
}
