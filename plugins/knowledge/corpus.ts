import type Sqlite from "better-sqlite3";
import type { DocumentFilter } from "../../kernel/index.ts";
import { filterSql, isEmptyFilter } from "./filter.ts";
import type { WordSegments } from "./word-index/segments.ts";
import type { WordIndex } from "./word-index/word-index.ts";

/** Letters of a word with the space behind it, in most languages with spaces. */
const LETTERS_A_WORD = 6;
const SAMPLE = 200;
/** Looks at chunks at even distances: those that were written first may be alike. */
const SAMPLE_LENGTH = `
  WITH RECURSIVE bounds (first, last) AS (SELECT (SELECT min(id) FROM chunks), (SELECT max(id) FROM chunks)),
    places (n, at) AS (
      SELECT 0, first FROM bounds
      UNION ALL SELECT n + 1, first + (n + 1) * (last - first) / ${SAMPLE} FROM places, bounds WHERE n + 1 < ${SAMPLE}
    )
  SELECT avg((SELECT length(text) FROM chunks WHERE id >= at ORDER BY id LIMIT 1)) FROM places`;

/** The documents that a search is limited to; undefined when that is all of them. */
export type Scope = ReadonlySet<number> | undefined;

/** Figures about the whole vault that ranking needs, kept until something is written. */
export class Corpus {
  readonly #db: Sqlite.Database;
  readonly #index: WordIndex | undefined;
  readonly #chunksWith = new Map<string, number>();
  readonly #scopes = new Map<string, Scope>();
  readonly #termCount: Sqlite.Statement;
  readonly #writes: Sqlite.Statement;
  #version = "";
  #chunks = 0;
  #newest = 0;
  #averageLength = 0;
  #words: WordSegments | undefined;

  constructor(db: Sqlite.Database, index?: WordIndex) {
    this.#db = db;
    this.#index = index;
    db.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.term_counts USING fts5vocab (main, words, row)");
    this.#termCount = db.prepare("SELECT doc FROM temp.term_counts WHERE term = ?").pluck();
    // Rises with every write: by another connection, and by this one.
    this.#writes = db.prepare("SELECT data_version || ':' || total_changes() FROM pragma_data_version").pluck();
  }

  /** Forgets what was read before the last write; called once a search. */
  refresh(): void {
    const version = this.#writes.get() as string;
    if (version !== this.#version) this.#reread(version);
    this.#words = this.#index?.current(this.#chunks, this.#newest);
  }

  #reread(version: string): void {
    this.#version = version;
    this.#chunksWith.clear();
    this.#scopes.clear();
    this.#chunks = this.#db.prepare("SELECT count(*) FROM chunks").pluck().get() as number;
    this.#newest = (this.#db.prepare("SELECT max(id) FROM chunks").pluck().get() as number | null) ?? 0;
    const letters = this.#db.prepare(SAMPLE_LENGTH).pluck().get();
    this.#averageLength = ((letters as number | null) ?? LETTERS_A_WORD) / LETTERS_A_WORD;
  }

  get chunks(): number {
    return this.#chunks;
  }

  /** All words in memory; undefined when SQLite has to be asked. */
  get words(): WordSegments | undefined {
    return this.#words;
  }

  /** Mean length of a chunk in words, from a sample. */
  get averageLength(): number {
    return this.#averageLength;
  }

  /** In how many chunks a term stands. */
  chunksWith(term: string): number {
    return this.#words ? this.#words.chunksWith(term) : this.storedWith(term);
  }

  /** The same, not remembered: for words that are made up, of which there is no end. */
  countAnew(term: string): number {
    return this.#words ? this.#words.chunksWith(term) : ((this.#termCount.get(term) as number | undefined) ?? 0);
  }

  /** The same as SQLite says, which knows stop words too. */
  storedWith(term: string): number {
    let count = this.#chunksWith.get(term);
    if (count === undefined) {
      count = (this.#termCount.get(term) as number | undefined) ?? 0;
      this.#chunksWith.set(term, count);
    }
    return count;
  }

  /** The documents that meet the filter. */
  scope(filter: DocumentFilter): Scope {
    if (isEmptyFilter(filter)) return undefined;
    const { sql, bind } = filterSql(filter);
    const key = JSON.stringify([sql, bind]);
    if (!this.#scopes.has(key)) this.#scopes.set(key, this.#readScope(sql, bind));
    return this.#scopes.get(key);
  }

  #readScope(sql: string, bind: readonly (string | number)[]): Scope {
    const ids = this.#db
      .prepare(`SELECT id FROM documents WHERE ${sql}`)
      .pluck()
      .all(...bind) as number[];
    const all = this.#db.prepare("SELECT count(*) FROM documents").pluck().get();
    return ids.length === all ? undefined : new Set(ids);
  }
}
