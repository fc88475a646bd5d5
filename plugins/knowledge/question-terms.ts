import type { WeightedTerm } from "./bm25.ts";
import type { Lexicon, Terms } from "./lexicon.ts";

/** The terms of a question, looked for in texts that were read by the same lexicon. */
export class QuestionTerms {
  readonly weighted: readonly WeightedTerm[];
  /** The weight of all terms together. */
  readonly weight: number;
  /** Of a term's number: its place among the question's terms, plus one. */
  readonly #places: Int32Array;

  /** To be made when all texts are read. */
  constructor(terms: readonly WeightedTerm[], lexicon: Lexicon) {
    const numbers = terms.map(({ term }) => lexicon.numberOf(term));
    this.weighted = terms;
    this.weight = terms.reduce((sum, { idf }) => sum + idf, 0);
    this.#places = new Int32Array(lexicon.size);
    for (const [i, number] of numbers.entries()) this.#places[number] = i + 1;
  }

  /** How often each term stands in a text, stop words left out. */
  counts({ distinct, counts }: Terms): Int32Array {
    const found = new Int32Array(this.weighted.length);
    for (let i = 0; i < distinct.length; i++) {
      const place = this.#places[distinct[i] as number] as number;
      if (place > 0) found[place - 1] = counts[i] as number;
    }
    return found;
  }

  /** Which terms stand among the words from one index to another, stop words left out. */
  among({ words }: Terms, from: number, to: number): Uint8Array {
    const found = new Uint8Array(this.weighted.length);
    for (let i = from; i < to; i++) {
      const word = words[i] as number;
      const place = this.#places[word >> 1] as number;
      if (place > 0 && (word & 1) === 0) found[place - 1] = 1;
    }
    return found;
  }

  /** The weight of those terms that are found, of all. */
  share(found: ArrayLike<number>): number {
    let sum = 0;
    for (const [i, { idf }] of this.weighted.entries()) if (found[i]) sum += idf;
    return this.weight === 0 ? 0 : sum / this.weight;
  }

  /** The share of neighbouring terms, by weight, that stand next to each other in a text, or with one word between. */
  phrases({ words }: Terms): number {
    const { length } = this.weighted;
    if (length < 2) return 0;
    const found = new Uint8Array(length);
    const at = (i: number) => (i < words.length ? (this.#places[(words[i] as number) >> 1] as number) : 0);
    for (let i = 0; i < words.length; i++) {
      const place = at(i);
      if (place > 0 && place < length && (at(i + 1) === place + 1 || at(i + 2) === place + 1)) found[place] = 1;
    }
    let sum = 0;
    let all = 0;
    for (const [i, { idf }] of this.weighted.entries()) {
      if (i > 0) all += idf;
      if (found[i]) sum += idf;
    }
    return sum / all;
  }
}
