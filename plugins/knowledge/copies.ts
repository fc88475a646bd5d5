/**
 * Near copies among passages: the same licence in thirty files, the same paragraph in two drafts. A passage is a copy of
 * an earlier one when nearly all its runs of three words stand there too, and no sentence in which they differ holds a
 * word of the question: two drafts that name two prices are both of interest to who asks for the price.
 */

/** Words of a run. */
const RUN = 3;
const SENTENCE_END = /[.!?](?=\s|$)|\n\s*\n/;
/** The share of all runs of two passages that both must have. */
const ALIKE = 0.8;
/** Runs with the least hashes: when fewer than half are shared, the passages are not alike, and nothing more is compared. */
const SKETCH = 16;

interface Looked {
  /** The words of each sentence, and the hashes of its runs. */
  readonly sentences: readonly { readonly words: readonly string[]; readonly runs: readonly number[] }[];
  readonly distinct: ReadonlySet<number>;
  readonly sketch: readonly number[];
}

class Copies {
  readonly #asked: readonly string[];
  readonly #exact = new Set<string>();
  readonly #kept: Looked[] = [];

  /** @param terms of the question, stemmed. */
  constructor(terms: readonly string[]) {
    this.#asked = terms.map((term) => (term.length > 4 ? term.slice(0, -1) : term)); // stems change their last letter
  }

  /** Whether a passage is a copy of one that was given before and was none itself. */
  isCopy(text: string): boolean {
    const sentences = text
      .toLowerCase()
      .split(SENTENCE_END)
      .map((sentence) => sentence.match(/[\p{L}\p{N}]+/gu) ?? []);
    const exact = sentences.flat().join(" ");
    if (this.#exact.has(exact)) return true;
    const looked = look(sentences);
    if (this.#kept.some((earlier) => this.#isCopyOf(looked, earlier))) return true;
    this.#exact.add(exact);
    this.#kept.push(looked);
    return false;
  }

  #isCopyOf(later: Looked, earlier: Looked): boolean {
    if (later.sketch.filter((run) => earlier.distinct.has(run)).length < later.sketch.length / 2) return false;
    let shared = 0;
    for (const run of later.distinct) if (earlier.distinct.has(run)) shared++;
    const all = later.distinct.size + earlier.distinct.size - shared;
    return shared >= ALIKE * all && !this.#differs(later, earlier) && !this.#differs(earlier, later);
  }

  /** Whether a sentence of which the second lacks a part holds a word of the question. */
  #differs({ sentences }: Looked, { distinct }: Looked): boolean {
    return sentences.some(({ words, runs }) => runs.some((run) => !distinct.has(run)) && words.some((word) => this.#isAsked(word)));
  }

  #isAsked(word: string): boolean {
    return this.#asked.some((start) => word.startsWith(start));
  }
}

function look(texts: readonly (readonly string[])[]): Looked {
  const sentences = texts.map((words) => ({ words, runs: runsOf(words) }));
  const distinct = new Set(sentences.flatMap(({ runs }) => runs));
  const sketch = [...distinct].sort((a, b) => a - b).slice(0, SKETCH);
  return { sentences, distinct, sketch };
}

/** A sentence that is shorter than a run is one. */
function runsOf(words: readonly string[]): number[] {
  const hashes = words.map(hash);
  if (hashes.length < RUN) return hashes.length === 0 ? [] : [hashes.reduce(mix)];
  return hashes.slice(RUN - 1).map((last, i) => mix(mix(hashes[i] as number, hashes[i + 1] as number), last));
}

function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

function mix(a: number, b: number): number {
  return Math.imul((a ^ (a >>> 15)) + b, 0x2c1b3c6d) >>> 0;
}

/** What is left of a ranking when copies are taken out of its first part. */
export interface SetAside<Item> {
  /** No two alike, in their order: as many as wanted, where there are so many. */
  readonly first: readonly Item[];
  readonly copies: readonly Item[];
  /** What was not looked at. */
  readonly rest: readonly Item[];
}

/** @param textOf reads a passage; called for as many as have to be looked at. */
export function setCopiesAside<Item>(
  ranking: readonly Item[],
  wanted: number,
  terms: readonly string[],
  textOf: (item: Item) => string,
): SetAside<Item> {
  const known = new Copies(terms);
  const first: Item[] = [];
  const copies: Item[] = [];
  let at = 0;
  for (; at < ranking.length && first.length < wanted; at++) {
    const item = ranking[at] as Item;
    (known.isCopy(textOf(item)) ? copies : first).push(item);
  }
  return { first, copies, rest: ranking.slice(at) };
}
