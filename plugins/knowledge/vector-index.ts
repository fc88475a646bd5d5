import type Sqlite from "better-sqlite3";
import { ByteRows } from "./byte-rows.ts";
import { CoarseRows } from "./coarse-rows.ts";
import type { Scope } from "./corpus.ts";
import { cosineStored, dequantise, highBytes, quantise } from "./quantise.ts";
import { topPositions } from "./top.ts";

/** Below this many vectors, SQLite compares them all as fast as anything else. */
const WORTH_AN_INDEX = 2_000;
/** Up to this many, all are compared; beyond, the likeliest at a first look: one in so many, and no fewer than that. */
const COMPARE_ALL = 4_000;
/** Of a scope of so small a part of all documents, all are compared. */
const SMALL_SCOPE = 10;
const LIKELIEST = { oneIn: 50, atLeast: 3_000 };
/** The first so many are compared once more, exactly. */
const EXACTLY = 30;

interface StoredVector {
  readonly chunk: number;
  readonly document: number;
  readonly vector: Buffer;
}

/**
 * The nearest chunks by vector. SQLite has the vectors; of many of them a copy is held in memory from the second search
 * of a process on (one search is sooner done by reading than by building). New chunks are added to it, since their ids
 * only rise; those that are gone are left out of what is found.
 */
export class VectorIndex {
  readonly #model: number;
  readonly #bytes: ByteRows;
  readonly #coarse: CoarseRows;
  readonly #chunks: number[] = [];
  readonly #documents: number[] = [];
  readonly #newest: Sqlite.Statement;
  readonly #added: Sqlite.Statement;
  readonly #vector: Sqlite.Statement;
  readonly #all: Sqlite.Statement;
  readonly #within: Sqlite.Statement;
  #last = 0;
  #searches = 0;

  constructor(db: Sqlite.Database, model: number, dimensions: number) {
    this.#model = model;
    this.#bytes = new ByteRows(dimensions);
    this.#coarse = new CoarseRows(dimensions);
    const nearestFirst = "ORDER BY vec_distance_l2(vec_int8(substr(vector, 1, length(vector) / 2)), vec_int8(?)), chunk LIMIT ?";
    this.#newest = db.prepare("SELECT max(chunk) FROM vectors").pluck();
    this.#added = db.prepare(
      `SELECT chunk, (SELECT document FROM chunks WHERE id = chunk) AS document, vector
       FROM vectors WHERE chunk > ? AND model = ? ORDER BY chunk`,
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
    const direct = stored < WORTH_AN_INDEX || this.#searches++ === 0;
    const found = direct ? this.#inDatabase(vector, limit, scope) : this.#inMemory(vector, limit, scope);
    const exact = found
      .slice(0, EXACTLY)
      .flatMap((chunk) => this.#scored(chunk, vector))
      .sort((a, b) => b.score - a.score || a.chunk - b.chunk);
    const rest = found.slice(EXACTLY);
    const isComplete = direct || this.#bytes.size === stored; // else some chunks in memory are gone
    return [...exact.map(({ chunk }) => chunk), ...(isComplete ? rest : rest.filter((chunk) => this.#scored(chunk, vector).length > 0))];
  }

  /** Nothing for a chunk that is gone. */
  #scored(chunk: number, vector: Float32Array): { chunk: number; score: number }[] {
    const stored = this.#vector.get(chunk, this.#model) as Buffer | undefined;
    return stored ? [{ chunk, score: cosineStored(vector, stored) }] : [];
  }

  #inMemory(vector: Float32Array, limit: number, scope: Scope): number[] {
    this.#refresh();
    const rows = this.#candidates(vector, scope);
    const dots = this.#bytes.dots(highBytes(quantise(vector)), rows);
    return topPositions(dots, limit).map((at) => this.#chunks[rows[at] as number] as number);
  }

  #inDatabase(vector: Float32Array, limit: number, scope: Scope): number[] {
    const query = Buffer.from(highBytes(quantise(vector)));
    const found = scope
      ? this.#within.all(this.#model, JSON.stringify([...scope]), query, limit)
      : this.#all.all(this.#model, query, limit);
    return found as number[];
  }

  /** The rows to compare: those in the scope, and of very many the likeliest. */
  #candidates(vector: Float32Array, scope: Scope): Int32Array {
    const size = this.#bytes.size;
    const inScope = (row: number) => scope === undefined || scope.has(this.#documents[row] as number);
    if (size <= COMPARE_ALL || (scope && scope.size < this.#documents.length / SMALL_SCOPE)) {
      const rows = firstNumbers(size);
      return scope ? rows.filter(inScope) : rows;
    }
    const likeliest = this.#coarse.nearest(vector, Math.max(LIKELIEST.atLeast, size / LIKELIEST.oneIn));
    return scope ? likeliest.filter(inScope) : likeliest;
  }

  #refresh(): void {
    const newest = (this.#newest.get() as number | null) ?? 0;
    if (newest <= this.#last) return;
    for (const { chunk, document, vector } of this.#added.iterate(this.#last, this.#model) as Iterable<StoredVector>) {
      this.#bytes.add(highBytes(vector));
      this.#coarse.add(dequantise(vector));
      this.#chunks.push(chunk);
      this.#documents.push(document);
    }
    this.#last = newest;
  }
}

function firstNumbers(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
