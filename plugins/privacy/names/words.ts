/** The words of a text as the tagger sees them. */
import { hashWord, mayHold } from "./bloom.ts";
import { eachToken } from "./tokens.ts";

/** What word lists say of a word, as bits. */
export const LISTS = ["first", "last", "place", "common", "street", "company", "country", "group", "job"] as const;
export type ListName = (typeof LISTS)[number];

export interface Word {
  readonly start: number;
  readonly end: number;
  /** The same number for the same token; 0 when it was not remembered. */
  readonly id: number;
  /** Hash of the word in lower case. */
  readonly hash: number;
  readonly shape: number;
  /** Bits in the order of LISTS. */
  lists: number;
  readonly suffix: number;
  readonly prefix: number;
  /** Whether it stands first in its line, or after the end of a sentence. */
  readonly first: boolean;
  /** Bits: nothing stands between it and the token before (1), the token behind (2). */
  glue: number;
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
  /** Letters that no name has so: `createServer`, `ArrayBuffer`. */
  identifier: 16,
} as const;

/** What a token is wherever it stands. */
type Known = Omit<Word, "start" | "end" | "first" | "glue">;

/** Tokens that are remembered, and their length. */
const MAX_KNOWN = 20_000;
const MAX_LENGTH = 32;

const known = new WeakMap<Lists, Map<string, Known>>();
let lastId = 0;

export function wordsOf(text: string, lists: Lists): Word[] {
  const words: Word[] = [];
  const remembered = known.get(lists) ?? new Map<string, Known>();
  known.set(lists, remembered);
  let first = true;
  eachToken(text, (start, end) => {
    const token = text.slice(start, end);
    let word = end - start > MAX_LENGTH ? undefined : remembered.get(token);
    if (word === undefined) {
      word = knownOf(token, lists);
      if (end - start <= MAX_LENGTH) {
        if (remembered.size >= MAX_KNOWN) remembered.clear();
        remembered.set(copied(token), word);
      }
    }
    const { id, hash, shape, suffix, prefix } = word;
    const before = words[words.length - 1];
    const touches = before !== undefined && before.end === start && before.shape !== SHAPE.line && shape !== SHAPE.line;
    if (touches) before.glue |= 2;
    words.push({ start, end, id, hash, shape, lists: word.lists, suffix, prefix, first, glue: touches ? 1 : 0 });
    first = shape === SHAPE.line || (shape === SHAPE.dot && token !== ",") || (first && shape >= SHAPE.quote);
  });
  return words;
}

/** A string of its own: a piece of a text may keep the whole of it in memory. */
function copied(token: string): string {
  return Buffer.from(token).toString();
}

function knownOf(token: string, lists: Lists): Known {
  const shape = shapeOf(token);
  const lower = token.toLowerCase();
  const hash = hashWord(lower);
  return {
    id: token.length > MAX_LENGTH ? 0 : ++lastId,
    hash,
    shape,
    lists: shape <= SHAPE.initial || shape === SHAPE.identifier ? listsOf(lower, hash, lists) : 0,
    suffix: hashWord(lower.slice(-3)),
    prefix: hashWord(lower.slice(0, 3)),
  };
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

/** Capitals as names have them within: `McNeil`, `O'Brien`, `Jean-Luc`, `LaVerne`, `Smith's`. */
const NAME_OF_PARTS =
  /^(?:Ma?c|De[lns]?|D[aiu]|L[aeo]|Van|Von|Fitz|St)?(?:\p{Lu}?[\p{Ll}\p{M}]*|\p{Lu}+)(?:['’-](?:Ma?c|De|La|Le)?(?:\p{Lu}?[\p{Ll}\p{M}]*|\p{Lu}+))*$/u;

function letterShape(token: string): number {
  const lower = token.toLowerCase();
  if (token === lower) return SHAPE.small;
  if (token.length === 1) return SHAPE.initial;
  if (token === token.toUpperCase()) return SHAPE.large;
  if (token.slice(1) === lower.slice(1)) return SHAPE.capital;
  return NAME_OF_PARTS.test(token) ? SHAPE.mixed : SHAPE.identifier;
}
