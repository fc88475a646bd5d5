/** The words of a text as the tagger sees them. */
import { hashWord, mayHold } from "./bloom.ts";

/** What word lists say of a word, as bits. */
export const LISTS = ["first", "last", "place", "common", "street", "company", "country", "group", "job"] as const;
export type ListName = (typeof LISTS)[number];

export interface Word {
  readonly start: number;
  readonly end: number;
  /** Hash of the word in lower case. */
  readonly hash: number;
  readonly shape: number;
  /** Bits in the order of LISTS. */
  lists: number;
  readonly suffix: number;
  readonly prefix: number;
  /** Whether it stands first in its line, or after the end of a sentence. */
  readonly first: boolean;
}

export type Lists = Readonly<Record<ListName, Uint8Array>>;

export const SHAPE = {
  small: 1,
  capital: 2,
  large: 3,
  mixed: 4,
  initial: 5,
  digits: 6,
  letterDigits: 7,
  line: 8,
  dot: 9,
  comma: 10,
  colon: 11,
  quote: 12,
  open: 13,
  other: 14,
  at: 15,
} as const;

const WORD = /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*|\d+(?:[A-Za-z]\b)?|\n|[^\s]/gu;

export function wordsOf(text: string, lists: Lists): Word[] {
  const words: Word[] = [];
  let first = true;
  for (const { 0: token, index } of text.matchAll(WORD)) {
    const shape = shapeOf(token);
    const lower = token.toLowerCase();
    const hash = hashWord(lower);
    words.push({
      start: index,
      end: index + token.length,
      hash,
      shape,
      lists: shape <= SHAPE.initial ? listsOf(lower, hash, lists) : 0,
      suffix: hashWord(lower.slice(-3)),
      prefix: hashWord(lower.slice(0, 3)),
      first,
    });
    first = shape === SHAPE.line || (shape === SHAPE.dot && token !== ",") || (first && shape >= SHAPE.quote);
  }
  return words;
}

function listsOf(lower: string, hash: number, lists: Lists): number {
  let bits = 0;
  const bare = lower.replace(/['’]s$/, "");
  const key = bare === lower ? hash : hashWord(bare);
  for (let i = 0; i < LISTS.length; i++) if (mayHold(lists[LISTS[i] as ListName], key)) bits |= 1 << i;
  return bits;
}

function shapeOf(token: string): number {
  const code = token.charCodeAt(0);
  if (code === 10) return SHAPE.line;
  if (code >= 48 && code <= 57) return /[A-Za-z]/.test(token) ? SHAPE.letterDigits : SHAPE.digits;
  if (/^\p{L}/u.test(token)) return letterShape(token);
  if (/[.!?]/.test(token)) return SHAPE.dot;
  if (token === ",") return SHAPE.comma;
  if (token === ":") return SHAPE.colon;
  if (token === "@" || token === "/") return SHAPE.at;
  if (/["“”'‘’>*]/.test(token)) return SHAPE.quote;
  return /[([{<-]/.test(token) ? SHAPE.open : SHAPE.other;
}

function letterShape(token: string): number {
  const lower = token.toLowerCase();
  if (token === lower) return SHAPE.small;
  if (token.length === 1) return SHAPE.initial;
  if (token === token.toUpperCase()) return SHAPE.large;
  return token.slice(1) === lower.slice(1) ? SHAPE.capital : SHAPE.mixed;
}
