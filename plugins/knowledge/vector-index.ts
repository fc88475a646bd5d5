import type Sqlite from "better-sqlite3";
import { BitIndex } from "./bit-index.ts";
import type { Scope } from "./corpus.ts";
import { quantise } from "./quantise.ts";

/** Below this many vectors, SQLite compares them all as fast as anything else. */
const WORTH_AN_INDEX = 2_000;

/** Candidates by sign for each result asked for, and at least: so many that hardly a near one is missed. */
const OVERSAMPLE = 4;
const LEAST_CANDIDATES = 400;

interface StoredVector {
  readonly chunk: number;
  readonly document: number;
  readonly vector: Buffer;
}

/**
 * The nearest chunks by vector. SQLite has the vectors; of many of them, an index of their signs is held in memory from
 * the second search of a process on (one search is sooner done by reading than by building). New chunks are added to
 * it, since their ids only rise; those that are gone drop out when the candidates are scored in SQLite.
 */
export class VectorIndex {
  readonly #model: number;
  readonly #signs: BitIndex;
  readonly #newest: Sqlite.Statement;
  readonly #added: Sqlite.Statement;
  readonly #among: Sqlite.Statement;
  readonly #all: Sqlite.Statement;
  readonly #within: Sqlite.Statement;
  #last = 0;
  #searches = 0;

  constructor(db: Sqlite.Database, model: number, dimensions: number) {
    this.#model = model;
    this.#signs = new BitIndex(dimensions);
    const distance = "vec_distance_l2(vec_int8(vector), vec_int8(?))";
    this.#newest = db.prepare("SELECT max(chunk) FROM vectors").pluck();
    this.#added = db.prepare(
      "SELECT chunk, document, vector FROM vectors JOIN chunks ON chunks.id = chunk WHERE chunk > ? AND model = ? ORDER BY chunk",
    );
    this.#among = db
      .prepare(`SELECT chunk FROM vectors WHERE chunk IN (SELECT value FROM json_each(?)) ORDER BY ${distance}, chunk LIMIT ?`)
      .pluck();
    this.#all = db.prepare(`SELECT chunk FROM vectors WHERE model = ? ORDER BY ${distance}, chunk LIMIT ?`).pluck();
    this.#within = db
      .prepare(
        `SELECT chunk FROM vectors JOIN chunks ON chunks.id = chunk
         WHERE model = ? AND document IN (SELECT value FROM json_each(?)) ORDER BY ${distance}, chunk LIMIT ?`,
      )
      .pluck();
  }

  /** Ids of chunks, nearest first. */
  nearest(vector: Float32Array, limit: number, scope: Scope, chunks: number): number[] {
    const query = quantise(vector);
    const blob = Buffer.from(query.buffer);
    if (chunks < WORTH_AN_INDEX || this.#searches++ === 0)
      return scope
        ? (this.#within.all(this.#model, JSON.stringify([...scope]), blob, limit) as number[])
        : (this.#all.all(this.#model, blob, limit) as number[]);
    this.#refresh();
    const candidates = this.#signs.nearest(query, Math.max(LEAST_CANDIDATES, limit * OVERSAMPLE), scope && ((id) => scope.has(id)));
    return this.#among.all(JSON.stringify(candidates), blob, limit) as number[];
  }

  #refresh(): void {
    const newest = (this.#newest.get() as number | null) ?? 0;
    if (newest <= this.#last) return;
    for (const { chunk, document, vector } of this.#added.iterate(this.#last, this.#model) as Iterable<StoredVector>)
      this.#signs.add(chunk, document, new Int8Array(vector.buffer, vector.byteOffset, vector.length));
    this.#last = newest;
  }
}
