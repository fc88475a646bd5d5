import { KnownWords } from "../../pipeline/text/known-words.ts";
import { eachKnownWord, type ReadWord, readWord } from "../../pipeline/text/terms.ts";
import { longer } from "./longer.ts";

/** A text as numbers: comparing these costs a fraction of what comparing words does. */
export interface Terms {
  /** Every word in order: twice the number of its term, plus one for a stop word. */
  readonly words: Int32Array;
  /** Where each word begins, UTF-16 code units. */
  readonly starts: Int32Array;
  /** The distinct terms without stop words, in order of first appearance, and how often each stands in the text. */
  readonly distinct: Int32Array;
  readonly counts: Int32Array;
}

/** Terms numbered in the order in which they are met; forgotten when there are too many. */
const MAX_TERMS = 50_000;
const LONGEST = 1 << 12;

export class Lexicon {
  #numbers = new Map<string, number>();
  #terms: string[] = [];
  #known = this.#memory();
  #words = new Int32Array(LONGEST);
  #starts = new Int32Array(LONGEST);
  #counted = new Int32Array(LONGEST);

  /** Terms met so far: every number is below. */
  get size(): number {
    return this.#terms.length;
  }

  /** Every term that was met, by number. */
  get terms(): readonly string[] {
    return this.#terms;
  }

  termOf(number: number): string {
    return this.#terms[number] as string;
  }

  numberOf(term: string): number {
    let number = this.#numbers.get(term);
    if (number === undefined) {
      number = this.#terms.push(term) - 1;
      this.#numbers.set(term, number);
    }
    return number;
  }

  /** To be called where no number is in use. */
  forgetMany(): void {
    if (this.size < MAX_TERMS) return;
    this.#numbers.clear();
    this.#terms = [];
    this.#known = this.#memory();
  }

  /** Calls `found` with each word's number, as in `Terms.words`, and where it begins. */
  each(text: string, found: (word: number, start: number) => void): void {
    eachKnownWord(text, this.#known, this.#code, found);
  }

  read(text: string): Terms {
    let length = 0;
    this.each(text, (word, start) => {
      if (length === this.#words.length) {
        this.#words = longer(this.#words);
        this.#starts = longer(this.#starts);
      }
      this.#words[length] = word;
      this.#starts[length++] = start;
    });
    const words = this.#words.slice(0, length);
    return { words, starts: this.#starts.slice(0, length), ...this.#count(words) };
  }

  #count(words: Int32Array): Pick<Terms, "distinct" | "counts"> {
    while (this.#counted.length < this.size) this.#counted = longer(this.#counted);
    const counted = this.#counted; // all 0 between two calls
    const distinct = new Int32Array(words.length);
    let size = 0;
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      if ((word & 1) === 1) continue;
      const before = counted[word >> 1] as number;
      if (before === 0) distinct[size++] = word >> 1;
      counted[word >> 1] = before + 1;
    }
    const counts = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      counts[i] = counted[distinct[i] as number] as number;
      counted[distinct[i] as number] = 0;
    }
    return { distinct: distinct.subarray(0, size), counts };
  }

  readonly #code = (word: string): number => {
    const { term, isStopWord }: ReadWord = readWord(word);
    return 2 * this.numberOf(term) + (isStopWord ? 1 : 0);
  };

  #memory(): KnownWords<number> {
    return new KnownWords((word) => this.#code(word));
  }
}
