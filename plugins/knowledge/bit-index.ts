import { hammingScan, newMemory, type Scan } from "./hamming.ts";

/** Where the query's bits stand in memory; the rows follow. */
const QUERY_AT = 0;
const PAGE = 65_536;

/**
 * Vectors as their signs, one bit a dimension, held in memory: finds the likely nearest among a million in a few
 * milliseconds, to be scored exactly by whoever has the vectors. It is derived from them and never the only copy.
 */
export class BitIndex {
  readonly #words: number;
  readonly #memory = newMemory();
  readonly #scan: Scan;
  #ids = new Float64Array(1024);
  #groups = new Int32Array(1024);
  #rows = 0;

  constructor(dimensions: number) {
    this.#words = Math.ceil(dimensions / 128);
    this.#scan = hammingScan(this.#memory);
  }

  get size(): number {
    return this.#rows;
  }

  /** @param group what a search can be limited to: the number of the document. */
  add(id: number, group: number, vector: Int8Array): void {
    if (this.#rows === this.#ids.length) this.#grow();
    this.#ids[this.#rows] = id;
    this.#groups[this.#rows] = group;
    this.#reserve((this.#rows + 2) * this.#rowBytes);
    this.#writeSigns(this.#rowAt(this.#rows), vector);
    this.#rows++;
  }

  /** The ids of about `count` nearest by sign, more where the last are equally near; in no order. */
  nearest(vector: Int8Array, count: number, isAllowed?: (group: number) => boolean): number[] {
    if (this.#rows === 0) return [];
    const distances = this.#distances(vector);
    const histogram = new Uint32Array(this.#words * 128 + 2);
    const allowed = isAllowed && this.#allowed(isAllowed);
    for (let i = 0; i < distances.length; i++)
      if (!allowed || allowed[i] === 1) histogram[distances[i] as number] = (histogram[distances[i] as number] as number) + 1;
    let limit = 0;
    for (let sum = histogram[0] as number; sum < count && limit < histogram.length - 1; ) sum += histogram[++limit] as number;
    const ids: number[] = [];
    for (let i = 0; i < distances.length; i++)
      if ((distances[i] as number) <= limit && (!allowed || allowed[i] === 1)) ids.push(this.#ids[i] as number);
    return ids;
  }

  #distances(vector: Int8Array): Uint16Array {
    const out = this.#rowAt(this.#rows);
    this.#reserve(out + this.#rows * 2);
    this.#writeSigns(QUERY_AT, vector);
    this.#scan(this.#rows, this.#words, QUERY_AT, this.#rowAt(0), out);
    return new Uint16Array(this.#memory.buffer, out, this.#rows);
  }

  #allowed(isAllowed: (group: number) => boolean): Uint8Array {
    const known = new Map<number, number>();
    const allowed = new Uint8Array(this.#rows);
    for (let i = 0; i < this.#rows; i++) {
      const group = this.#groups[i] as number;
      const verdict = known.get(group) ?? Number(isAllowed(group));
      known.set(group, verdict);
      allowed[i] = verdict;
    }
    return allowed;
  }

  #writeSigns(at: number, vector: Int8Array): void {
    const bytes = new Uint8Array(this.#memory.buffer, at, this.#rowBytes).fill(0);
    for (let i = 0; i < vector.length; i++) if ((vector[i] as number) > 0) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  }

  get #rowBytes(): number {
    return this.#words * 16;
  }

  /** The query takes the place of one row. */
  #rowAt(row: number): number {
    return (row + 1) * this.#rowBytes;
  }

  #grow(): void {
    const ids = new Float64Array(this.#ids.length * 2);
    const groups = new Int32Array(ids.length);
    ids.set(this.#ids);
    groups.set(this.#groups);
    this.#ids = ids;
    this.#groups = groups;
  }

  /** Grows by half at a time: each growth may copy the whole. */
  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(Math.max(missing, this.#memory.buffer.byteLength / 2) / PAGE));
  }
}
