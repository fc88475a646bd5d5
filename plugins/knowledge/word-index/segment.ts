/** The words of up to 65,536 neighbouring chunks, as flat arrays that cross from one thread to another without a copy. */
import { Lexicon } from "../lexicon.ts";
import { longer } from "../longer.ts";
import { type TermTable, tableOf } from "./term-table.ts";

export const MAX_ROWS = 65_536;

/**
 * For the term of number `t`, what stands from `offsets[t]` to `offsets[t + 1]` in `rows` and `mentions`: the chunks that
 * hold it, and how much. Terms are kept as hashes alone.
 */
export interface Segment {
  readonly terms: TermTable;
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly rows: Uint16Array<ArrayBuffer>;
  /** Weighed by where they stand, in halves. */
  readonly mentions: Uint8Array<ArrayBuffer>;
  /** Of each row: its chunk, the chunk's document, and how many words it has, title and headings included. */
  readonly chunks: Float64Array<ArrayBuffer>;
  readonly documents: Float64Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
}

export interface IndexedChunk {
  readonly id: number;
  readonly document: number;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

/** What a mention counts in the title, the headings and the text, in halves. */
const HALVES = { title: 4, heading: 3, text: 2 };
const MOST_HALVES = 255;

/** Collects chunks into a segment. */
export class SegmentBuilder {
  readonly #lexicon = new Lexicon();
  readonly #chunks: number[] = [];
  readonly #documents: number[] = [];
  readonly #lengths: number[] = [];
  /** One entry for each term of each chunk, in the order of chunks. */
  #term = new Uint32Array(1 << 16);
  #row = new Uint16Array(1 << 16);
  #mentions = new Uint8Array(1 << 16);
  #size = 0;
  /** The last entry of each term, plus one. */
  #last = new Uint32Array(1 << 12);

  get rows(): number {
    return this.#chunks.length;
  }

  add({ id, document, title, heading, text }: IndexedChunk): void {
    const row = this.#chunks.push(id) - 1;
    this.#documents.push(document);
    let length = 0;
    for (const [words, halves] of [
      [title, HALVES.title],
      [heading, HALVES.heading],
      [text, HALVES.text],
    ] as const)
      this.#lexicon.each(words, (word) => {
        length++;
        if ((word & 1) === 0) this.#mention(word >> 1, row, halves);
      });
    this.#lengths.push(length);
  }

  #mention(term: number, row: number, halves: number): void {
    while (term >= this.#last.length) this.#last = longer(this.#last);
    const last = this.#last[term] as number;
    if (last > 0 && this.#row[last - 1] === row) {
      this.#mentions[last - 1] = Math.min(MOST_HALVES, (this.#mentions[last - 1] as number) + halves);
      return;
    }
    if (this.#size === this.#term.length) {
      this.#term = longer(this.#term);
      this.#row = longer(this.#row);
      this.#mentions = longer(this.#mentions);
    }
    this.#term[this.#size] = term;
    this.#row[this.#size] = row;
    this.#mentions[this.#size] = halves;
    this.#last[term] = ++this.#size;
  }

  /** The entries sorted by term; of one term they stay in the order of rows. */
  build(): Segment {
    const offsets = new Uint32Array(this.#lexicon.size + 1);
    for (let i = 0; i < this.#size; i++) {
      const next = (this.#term[i] as number) + 1;
      offsets[next] = (offsets[next] as number) + 1;
    }
    for (let t = 1; t < offsets.length; t++) offsets[t] = (offsets[t] as number) + (offsets[t - 1] as number);
    const free = offsets.slice();
    const rows = new Uint16Array(this.#size);
    const mentions = new Uint8Array(this.#size);
    for (let i = 0; i < this.#size; i++) {
      const term = this.#term[i] as number;
      const at = free[term] as number;
      free[term] = at + 1;
      rows[at] = this.#row[i] as number;
      mentions[at] = this.#mentions[i] as number;
    }
    const [chunks, documents, lengths] = [
      new Float64Array(this.#chunks),
      new Float64Array(this.#documents),
      new Uint32Array(this.#lengths),
    ];
    return { terms: tableOf(this.#lexicon.terms), offsets, rows, mentions, chunks, documents, lengths };
  }
}

/** The memory of a segment, to be handed over. */
export function buffersOf({ terms, offsets, rows, mentions, chunks, documents, lengths }: Segment): ArrayBuffer[] {
  return [terms.hashes, terms.checks, terms.numbers, offsets, rows, mentions, chunks, documents, lengths].map(({ buffer }) => buffer);
}
