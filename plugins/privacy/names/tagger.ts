/**
 * A linear tagger with hashed features: each word gets the label with the highest sum of weights, from left to right,
 * the labels of the two words before being features too.
 */
import { LabelMemory } from "./label-memory.ts";
import { SHAPE, type Word } from "./words.ts";

export const LABELS = ["O", "PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "GROUP", "TITLE"] as const;
export const LABEL_COUNT = LABELS.length;
/** Rows of the table of weights: a power of two. */
export const ROWS = 1 << 17;
export const FEATURES = 37;

const NONE: Word = { start: 0, end: 0, id: -1, hash: 7, shape: 0, lists: 0, suffix: 7, prefix: 7, first: false, glue: 0 };

/** Writes the rows of the features of word `i` into `rows`. `cased` says whether the text uses capitals. */
export function featuresOf(words: readonly Word[], i: number, before: number, before2: number, cased: number, rows: Int32Array): void {
  const word = words[i] as Word;
  const left = words[i - 1] ?? NONE;
  const left2 = words[i - 2] ?? NONE;
  const right = words[i + 1] ?? NONE;
  const right2 = words[i + 2] ?? NONE;
  const form = word.shape * 2 + (word.first ? 1 : 0);
  const place = form * 2 + cased;
  let n = 0;
  const add = (a: number, b: number) => {
    // Mixes the number of the feature, so that equal values of different features fall apart.
    let mixed = Math.imul(a ^ Math.imul(n + 1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    rows[n++] = (mixed ^ (mixed >>> 13)) & (ROWS - 1);
  };
  // Names themselves are known from the lists alone: what is learnt by heart are ordinary words.
  const own = word.lists & NAMES_ONLY && !(word.lists & COMMON) ? 1 : word.hash;
  add(own, 0);
  add(own, place);
  add(left.hash, form);
  add(right.hash, form);
  add(left2.hash, left.hash);
  add(right.hash, right2.hash);
  add(left.hash, right.hash);
  add(left2.hash, form);
  add(right2.hash, form);
  add(word.suffix, place);
  add(word.prefix, form);
  add(word.lists, place);
  add(word.lists, left.lists);
  add(word.lists * 32 + word.shape, right.lists * 32 + right.shape);
  add(word.lists * 32 + word.shape, left.shape * 8 + before);
  add(left.lists * 32 + left.shape, form);
  add(right.lists * 32 + right.shape, form);
  add(right2.lists * 32 + right2.shape, form);
  add(left2.lists * 32 + left2.shape, form);
  add(before, place);
  add(before * 8 + before2, form);
  add(before, word.lists);
  add(before, own);
  add(before, left.hash);
  add(before * 32 + left.shape, right.shape * 32 + word.shape);
  add(left2.shape * 32 + left.shape, (right.shape * 32 + right2.shape) * 32 + form);
  add(word.end - word.start, form);
  add(left.hash, word.lists);
  add(right.hash, word.lists);
  add(before * 8 + before2, left.hash);
  add(left2.hash, left.hash ^ word.lists);
  add(right.hash ^ word.lists, right2.hash);
  add(before, right.hash);
  add(left.shape === SHAPE.line ? 1 : 0, word.lists * 32 + place);
  add(word.glue * 32 + left.shape, right.shape * 64 + form);
  add(word.glue & 1 ? left.hash : 3, form);
  add(word.glue & 2 ? right.hash : 3, form);
}

const COMMON = 1 << 3;
const NAMES_ONLY = 0b111;

/**
 * By how much the sum of stored weights of a name's first word has to pass that of no name: more where its letters or the
 * lists say that it is hardly one.
 */
const LEAD = { small: 60, unlistedCapitals: 120, none: 0 };
/** Lists in which names stand. */
const NAMED_LISTS = 0b111 | (1 << 5) | (1 << 6);

function leadOf({ shape, lists }: Word): number {
  if (shape === SHAPE.small) return LEAD.small;
  const isUnlisted = (lists & NAMED_LISTS) === 0;
  return isUnlisted && (shape === SHAPE.large || shape === SHAPE.identifier) ? LEAD.unlistedCapitals : LEAD.none;
}

const memories = new WeakMap<object, LabelMemory>();

/** For weights that have been learnt; those that are being learnt change. */
function memoryOf(weights: Int8Array): LabelMemory {
  const memory = memories.get(weights) ?? new LabelMemory();
  memories.set(weights, memory);
  return memory;
}

/** The label of each word, as numbers in the order of LABELS. `weights` has ROWS rows of LABEL_COUNT. */
export function tag(words: readonly Word[], weights: Int8Array | Float32Array): Uint8Array {
  const labels = new Uint8Array(words.length);
  const rows = new Int32Array(FEATURES);
  const scores = new Float32Array(LABEL_COUNT);
  const remembered = weights instanceof Int8Array ? memoryOf(weights) : undefined;
  const cased = words.some(({ shape }) => shape === SHAPE.capital) ? 1 : 0;
  for (let i = 0; i < words.length; i++) {
    if ((words[i] as Word).shape === SHAPE.line) {
      labels[i] = labels[i - 1] ?? 0; // an entity may go on in the next line; settled when words are joined
      continue;
    }
    const [before, before2] = [labels[i - 1] ?? 0, labels[i - 2] ?? 0];
    const score = () => {
      featuresOf(words, i, before, before2, cased, rows);
      const label = best(rows, weights, scores);
      const lead = (scores[label] as number) - (scores[0] as number);
      return remembered && label !== before && lead < leadOf(words[i] as Word) ? 0 : label;
    };
    labels[i] = remembered
      ? remembered.label(words, i, ((before * 8 + before2) * 2 + cased) * 4 + (words[i] as Word).glue, score)
      : score();
  }
  return labels;
}

export function best(rows: Int32Array, weights: Int8Array | Float32Array, scores: Float32Array): number {
  // A sum for each label in a variable of its own: several times as fast as adding to the places of an array.
  let [a, b, c, d, e, f, g] = [0, 0, 0, 0, 0, 0, 0];
  for (let n = 0; n < FEATURES; n++) {
    const at = (rows[n] as number) * LABEL_COUNT;
    a += weights[at] as number;
    b += weights[at + 1] as number;
    c += weights[at + 2] as number;
    d += weights[at + 3] as number;
    e += weights[at + 4] as number;
    f += weights[at + 5] as number;
    g += weights[at + 6] as number;
  }
  [scores[0], scores[1], scores[2], scores[3], scores[4], scores[5], scores[6]] = [a, b, c, d, e, f, g];
  let top = 0;
  for (let label = 1; label < LABEL_COUNT; label++) if ((scores[label] as number) > (scores[top] as number)) top = label;
  return top;
}
