import type Sqlite from "better-sqlite3";

/** Letters of a word with the space behind it, in most languages with spaces. */
const LETTERS_A_WORD = 6;
const SAMPLE = 200;

/** Figures about the whole vault that ranking needs, kept until something is written. */
export class Corpus {
  readonly #db: Sqlite.Database;
  readonly #documentsWith = new Map<string, number>();
  #version = "";
  #chunks = 0;
  #averageLength = 0;

  constructor(db: Sqlite.Database) {
    this.#db = db;
    db.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.term_counts USING fts5vocab (main, words, row)");
  }

  /** Names the state of the database: changes with every write, by this process or another. */
  version(): string {
    return `${this.#db.pragma("data_version", { simple: true })}:${this.#db.prepare("SELECT total_changes()").pluck().get()}`;
  }

  get chunks(): number {
    this.#refresh();
    return this.#chunks;
  }

  /** Mean length of a chunk in words, from a sample. */
  get averageLength(): number {
    this.#refresh();
    return this.#averageLength;
  }

  /** In how many chunks a term stands. */
  chunksWith(term: string): number {
    this.#refresh();
    let count = this.#documentsWith.get(term);
    if (count === undefined) {
      count = (this.#db.prepare("SELECT doc FROM temp.term_counts WHERE term = ?").pluck().get(term) as number | undefined) ?? 0;
      this.#documentsWith.set(term, count);
    }
    return count;
  }

  #refresh(): void {
    const version = this.version();
    if (version === this.#version) return;
    this.#version = version;
    this.#documentsWith.clear();
    this.#chunks = this.#db.prepare("SELECT count(*) FROM chunks").pluck().get() as number;
    const letters = this.#db.prepare(`SELECT avg(length(text)) FROM (SELECT text FROM chunks LIMIT ${SAMPLE})`).pluck().get();
    this.#averageLength = ((letters as number | null) ?? LETTERS_A_WORD) / LETTERS_A_WORD;
  }
}
