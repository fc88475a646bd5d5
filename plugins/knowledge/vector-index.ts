import type Sqlite from "better-sqlite3";
import type { Scope } from "./corpus.ts";
import type { MemoryThread } from "./memory-thread.ts";
import { cosineStored, highBytes, quantise } from "./quantise.ts";
import type { StoredVector } from "./vector-block.ts";
import { VectorRows } from "./vector-rows.ts";

/** Below this many vectors, SQLite compares them all as fast as anything else. */
const WORTH_AN_INDEX = 2_000;
/** So many new vectors are added on the spot, in a few milliseconds; more of them in the thread. */
const FEW = 500;
/** The first so many are compared once more, exactly. */
const EXACTLY = 30;

export interface VectorIndexOptions {
  readonly file: string;
  readonly model: number;
  readonly dimensions: number;
  readonly thread: MemoryThread;
}

/**
 * The nearest chunks by vector. SQLite has the vectors; of many of them a copy is held in memory, which a thread begins to
 * make at the second search of a process. Until it is ready, and when it is far behind, SQLite answers. New chunks are added
 * to it, since their ids only rise; those that are gone are left out of what is found.
 */
export class VectorIndex {
  readonly #options: VectorIndexOptions;
  readonly #rows: VectorRows;
  readonly #newest: Sqlite.Statement;
  readonly #added: Sqlite.Statement;
  readonly #vector: Sqlite.Statement;
  readonly #all: Sqlite.Statement;
  readonly #within: Sqlite.Statement;
  #making: Promise<void> | undefined;
  #last = 0;
  #searches = 0;

  constructor(db: Sqlite.Database, options: VectorIndexOptions) {
    this.#options = options;
    this.#rows = new VectorRows(options.dimensions);
    const nearestFirst = "ORDER BY vec_distance_l2(vec_int8(substr(vector, 1, length(vector) / 2)), vec_int8(?)), chunk LIMIT ?";
    this.#newest = db.prepare("SELECT max(chunk) FROM vectors").pluck();
    this.#added = db.prepare(
      `SELECT chunk, (SELECT document FROM chunks WHERE id = chunk) AS document, vector
       FROM vectors WHERE chunk > ? AND model = ? ORDER BY chunk LIMIT ${FEW + 1}`,
    );
    this.#vector = db.prepare("SELECT vector FROM vectors WHERE chunk = ? AND model = ?").pluck();
    this.#all = db.prepare(`SELECT chunk FROM vectors WHERE model = ? ${nearestFirst}`).pluck();
    this.#within = db
      .prepare(
        `SELECT chunk FROM vectors JOIN chunks ON chunks.id = chunk
         WHERE model = ? AND document IN (SELECT value FROM json_each(?)) ${nearestFirst}`,
      )
      .pluck();
  }

  /** Ids of chunks, nearest first. `stored` is how many chunks there are. */
  nearest(vector: Float32Array, limit: number, scope: Scope, stored: number): number[] {
    const direct = stored < WORTH_AN_INDEX || this.#searches++ === 0 || !this.#isCurrent();
    const found = direct ? this.#inDatabase(vector, limit, scope) : this.#rows.nearest(vector, limit, scope);
    const exact = found
      .slice(0, EXACTLY)
      .flatMap((chunk) => this.#scored(chunk, vector))
      .sort((a, b) => b.score - a.score || a.chunk - b.chunk);
    const rest = found.slice(EXACTLY);
    const isComplete = direct || this.#rows.size === stored; // else some chunks in memory are gone
    return [...exact.map(({ chunk }) => chunk), ...(isComplete ? rest : rest.filter((chunk) => this.#scored(chunk, vector).length > 0))];
  }

  /** Resolves when nothing is being made. */
  async settled(): Promise<void> {
    await this.#making;
  }

  /** Nothing for a chunk that is gone. */
  #scored(chunk: number, vector: Float32Array): { chunk: number; score: number }[] {
    const stored = this.#vector.get(chunk, this.#options.model) as Buffer | undefined;
    return stored ? [{ chunk, score: cosineStored(vector, stored) }] : [];
  }

  #inDatabase(vector: Float32Array, limit: number, scope: Scope): number[] {
    const { model } = this.#options;
    const query = Buffer.from(highBytes(quantise(vector)));
    const found = scope ? this.#within.all(model, JSON.stringify([...scope]), query, limit) : this.#all.all(model, query, limit);
    return found as number[];
  }

  /** Whether all vectors are in memory; adds a few that are new, and has the thread read where they are many. */
  #isCurrent(): boolean {
    if (this.#making) return false;
    const newest = (this.#newest.get() as number | null) ?? 0;
    if (newest <= this.#last) return true;
    const added = this.#added.all(this.#last, this.#options.model) as StoredVector[];
    if (added.length > FEW) {
      this.#make(newest);
      return false;
    }
    for (const row of added) this.#rows.add(row);
    this.#last = newest;
    return true;
  }

  #make(newest: number): void {
    const { file, model, thread } = this.#options;
    if (thread.isClosed) return;
    this.#making = thread
      .use(async (api) => {
        for (;;) {
          const block = await api.vectors(file, model, this.#last);
          if (block === undefined) break;
          this.#rows.addBlock(block);
          this.#last = block.chunks.at(-1) as number;
        }
        this.#last = Math.max(this.#last, newest); // the newest may have another model's vector
      })
      .then(
        () => {
          this.#making = undefined;
        },
        () => {}, // SQLite goes on answering; trying again would fail again
      );
  }
}
