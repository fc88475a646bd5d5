/**
 * How much a question resembles requests for harm. A linear model over its words, the policy's lists they belong to, and
 * pairs of both; fitted by `npm run fit:requests` on requests that a grammar puts together. It sees what no single rule
 * names, and cannot name a rule: it says which words weighed most.
 */
import { STOP_WORDS } from "../../pipeline/text/terms.ts";

/** A fitted model. */
export interface LikenessModel {
  /** Features are counted into 2 to this power of weights. */
  readonly bits: number;
  readonly bias: number;
  /** What one step of a weight is worth. */
  readonly step: number;
  /** One signed byte a weight, in base64. */
  readonly weights: string;
}

export interface Likeness {
  /** Above 0: more like the harmful requests than like the others that it was fitted on. */
  readonly score: number;
  /** The words that spoke most for harm, at most three, in their order; none that only carry structure. */
  readonly words: readonly string[];
}

/** A feature: its place among the weights, and the places of the words it was made of. */
export interface Feature {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** Words after these of a text are not looked at; a long question comes sentence by sentence. */
const MOST_WORDS = 60;
/** So many words apart may two words of a pair be, and a word and a list, or two lists. */
const WORD_REACH = 4;
const LIST_REACH = 6;

/** What a pair is made of, and how far apart; each kind hashes otherwise. */
const NEXT = 1;
const NEAR = 2;
const LISTED = 3;
const FIRST = 4;

/** @returns a function of a tagged text (`tagger`). */
export function likeness({ bits, bias, step, weights }: LikenessModel): (tagged: string) => Likeness {
  let bytes: Int8Array | undefined;
  return (tagged) => {
    bytes ??= Int8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
    const words = wordsOf(tagged);
    const features = featuresOf(words, bits);
    const spoke = new Float64Array(words.length);
    let sum = 0;
    for (const { index, from, to } of features) {
      const weight = bytes[index] as number;
      sum += weight;
      for (const at of [from, to]) spoke[at] = (spoke[at] as number) + weight / 2;
    }
    return { score: bias + (step * sum) / Math.sqrt(Math.max(1, features.length)), words: loudest(words, spoke) };
  };
}

function loudest(words: readonly Word[], spoke: Float64Array): string[] {
  const order = [...words.keys()]
    .filter((at) => (spoke[at] as number) > 0 && !STOP_WORDS.has((words[at] as Word).text))
    .sort((a, b) => (spoke[b] as number) - (spoke[a] as number));
  return order
    .slice(0, 3)
    .sort((a, b) => a - b)
    .map((at) => (words[at] as Word).text);
}

interface Word {
  readonly text: string;
  readonly hash: number;
  /** Hashes of the lists to which it belongs. */
  readonly lists: readonly number[];
}

export function wordsOf(tagged: string): Word[] {
  return Array.from(tagged.matchAll(/(?:<([^> ]+)>)?([^ ]+)/g), ([, lists = "", text = ""]) => ({
    text,
    hash: hashOf(stem(text)),
    lists: lists === "" ? [] : lists.split(",").map((list) => hashOf(`{${list}}`)),
  })).slice(0, MOST_WORDS);
}

/** Each feature once, at its first place. */
export function featuresOf(words: readonly Word[], bits: number): Feature[] {
  const features = new Map<number, Feature>();
  const add = (hash: number, from: number, to: number) => {
    const index = hash >>> (32 - bits);
    if (!features.has(index)) features.set(index, { index, from, to });
  };
  for (const [from, one] of words.entries()) {
    add(mix(one.hash, 0, 0), from, from);
    for (const list of one.lists) add(mix(list, 0, 0), from, from);
    for (let to = from + 1; to < words.length && to <= from + LIST_REACH; to++) {
      const other = words[to] as Word;
      if (to <= from + WORD_REACH) add(mix(one.hash, other.hash, to === from + 1 ? NEXT : NEAR), from, to);
      for (const list of one.lists) for (const second of [other.hash, ...other.lists]) add(mix(list, second, LISTED), from, to);
      for (const list of other.lists) add(mix(one.hash, list, LISTED), from, to);
    }
  }
  const [first, second] = words;
  if (first) add(mix(first.hash, 0, FIRST), 0, 0);
  if (first && second) add(mix(first.hash, second.hash, FIRST), 0, 1);
  return [...features.values()];
}

/** A word without the commonest endings. */
function stem(word: string): string {
  const bare = word.replace(/'s?$/, "");
  const cut = /^(.{4,})(?:ing|ed|es|(?<!s)s)$/.exec(bare)?.[1];
  if (cut !== undefined) return cut;
  return bare.length > 5 && bare.endsWith("e") ? bare.slice(0, -1) : bare;
}

/** FNV-1a over code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function mix(one: number, other: number, kind: number): number {
  let hash = Math.imul(one ^ Math.imul(other + kind, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
