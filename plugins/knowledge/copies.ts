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

/** Bits of a rough set of runs, which says for most pairs that they are not alike. */
const BITS = 1 << 12;

interface Looked {
  /** The words of each sentence, and the hashes of its runs. */
  readonly sentences: readonly { readonly words: readonly string[]; readonly runs: readonly number[] }[];
  readonly distinct: ReadonlySet<number>;
}

/** A passage of which only the runs were taken; the rest is looked at where another may be its copy. */
class Glanced {
  readonly sketch: Uint32Array;
  readonly #bits = new Uint8Array(BITS / 8);
  readonly #text: string;
  #looked: Looked | undefined;

  constructor(text: string) {
    this.#text = text;
    const runs = hashedRuns(text);
    for (const run of runs) this.#bits[(run & (BITS - 1)) >> 3] = (this.#bits[(run & (BITS - 1)) >> 3] as number) | (1 << (run & 7));
    this.sketch = leastOf(runs, SKETCH);
  }

  /** False where it surely lacks the run. */
  mayHave(run: number): boolean {
    return (((this.#bits[(run & (BITS - 1)) >> 3] as number) >> (run & 7)) & 1) === 1;
  }

  look(): Looked {
    this.#looked ??= look(this.#text);
    return this.#looked;
  }
}

class Copies {
  readonly #asked: readonly string[];
  readonly #kept: Glanced[] = [];

  /** @param terms of the question, stemmed. */
  constructor(terms: readonly string[]) {
    this.#asked = terms.map((term) => (term.length > 4 ? term.slice(0, -1) : term)); // stems change their last letter
  }

  /** Whether a passage is a copy of one that was given before and was none itself. */
  isCopy(text: string): boolean {
    const glanced = new Glanced(text);
    if (this.#kept.some((earlier) => this.#isCopyOf(glanced, earlier))) return true;
    this.#kept.push(glanced);
    return false;
  }

  #isCopyOf(glanced: Glanced, before: Glanced): boolean {
    const { sketch } = glanced;
    if (2 * sketch.filter((run) => before.mayHave(run)).length < sketch.length) return false;
    const [later, earlier] = [glanced.look(), before.look()];
    if (2 * sketch.filter((run) => earlier.distinct.has(run)).length < sketch.length) return false;
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

function look(text: string): Looked {
  const sentences = text
    .toLowerCase()
    .split(SENTENCE_END)
    .map((sentence) => sentence.match(/[\p{L}\p{N}]+/gu) ?? [])
    .map((words) => ({ words, runs: runsOf(words.map(hash)) }));
  return { sentences, distinct: new Set(sentences.flatMap(({ runs }) => runs)) };
}

/** A sentence that is shorter than a run is one. */
function runsOf(hashes: readonly number[]): number[] {
  const runs: number[] = [];
  const sentence = new Sentence(runs);
  for (const hashed of hashes) sentence.add(hashed);
  sentence.end();
  return runs;
}

/** Makes runs of the words of one sentence after the other. */
class Sentence {
  readonly #runs: number[];
  #words = 0;
  #last = 0;
  /** The last two words mixed. */
  #pair = 0;

  constructor(runs: number[]) {
    this.#runs = runs;
  }

  add(word: number): void {
    if (++this.#words >= RUN) this.#runs.push(mix(this.#pair, word));
    this.#pair = mix(this.#last, word);
    this.#last = word;
  }

  end(): void {
    if (this.#words > 0 && this.#words < RUN) this.#runs.push(this.#words === 1 ? this.#last : this.#pair);
    this.#words = 0;
  }
}

/** The runs that `look` finds, without making a string of every word: texts of ASCII alone, which nearly all are. */
function hashedRuns(text: string): number[] {
  const runs: number[] = [];
  const sentence = new Sentence(runs);
  for (let i = 0; i < text.length; i++) {
    let value = FNV;
    const start = i;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) return look(text).sentences.flatMap((each) => each.runs);
      if (KINDS[code] !== WORD) break;
      value = Math.imul(value ^ (code >= 65 && code <= 90 ? code + 32 : code), PRIME);
    }
    if (i > start) sentence.add(value >>> 0);
    if (endsSentence(text, i)) sentence.end();
  }
  sentence.end();
  return runs;
}

const [GAP, WORD, MARK] = [0, 1, 2];
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z0-9]/i.test(character) ? WORD : /[.!?]/.test(character) ? MARK : GAP;
});

/** As SENTENCE_END says. */
function endsSentence(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 10) return /^\n\s*\n/.test(text.slice(at, at + 80));
  return KINDS[code] === MARK && (at + 1 === text.length || isSpace(text.charCodeAt(at + 1)));
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

const FNV = 0x811c9dc5;
const PRIME = 0x01000193;

function hash(word: string): number {
  let value = FNV;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), PRIME);
  return value >>> 0;
}

function mix(a: number, b: number): number {
  return Math.imul((a ^ (a >>> 15)) + b, 0x2c1b3c6d) >>> 0;
}

/** The `count` least of the numbers, none twice. */
function leastOf(numbers: readonly number[], count: number): Uint32Array {
  const least: number[] = [];
  for (const number of numbers) {
    if (least.length === count && number >= (least[count - 1] as number)) continue;
    let at = least.length;
    while (at > 0 && (least[at - 1] as number) > number) at--;
    if (at > 0 && least[at - 1] === number) continue;
    least.splice(at, 0, number);
    if (least.length > count) least.pop();
  }
  return Uint32Array.from(least);
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
