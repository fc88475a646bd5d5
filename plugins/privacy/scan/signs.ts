/**
 * The characters that disguises are written with, as bits: which of them a text has is seen while it is looked through, so
 * that it is searched for those disguises only that it can have.
 */

/** A sign of ASCII, or of a pair of characters the first and the second. */
export interface SignTables {
  /** For the low and the high half of a byte: a bit that both have is that of a sign. */
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

/** Each sign has a bit of its own; the last is that of characters beyond ASCII, which have it in their byte. */
export const SINGLE = { "%": 1, "&": 2, "\\": 4, "+": 8, "\r": 16 } as const;
export const BEYOND_ASCII = 128;

const PAIRS: readonly (readonly [first: string, second: string])[] = [
  [`"'`, "\n "],
  ["3", "D"],
  ["@", "\n"],
];
const PAIR_BITS = 8;
export const PAIR = { quoteAndSpace: 1 << PAIR_BITS, "3D": 2 << PAIR_BITS, "@\n": 4 << PAIR_BITS } as const;
/** The text has characters beyond Latin-1. */
export const BEYOND_LATIN1 = 1 << 16;
/** Whatever a text may have. */
export const ALL_SIGNS = -1;

export const singleTables = (): SignTables => tablesOf(Object.entries(SINGLE));
export const firstTables = (): SignTables => tablesOf(PAIRS.map(([first], i) => [first, 1 << i]));
export const secondTables = (): SignTables => tablesOf(PAIRS.map(([, second], i) => [second, 1 << i]));

/** Bytes that share a half each with two characters of one bit are taken for its sign as well. */
function tablesOf(signs: readonly (readonly [characters: string, bit: number])[]): SignTables {
  const tables = { low: new Uint8Array(16), high: new Uint8Array(16) };
  for (const [characters, bit] of signs)
    for (const char of characters) {
      const code = char.charCodeAt(0);
      tables.low[code & 15] = (tables.low[code & 15] as number) | bit;
      tables.high[code >> 4] = (tables.high[code >> 4] as number) | bit;
    }
  return tables;
}

/** What the kernel has gathered, 16 bytes for signs and 16 for pairs, as one number. */
export function signsOf(gathered: Int32Array): number {
  return anyOf(gathered, 0) | (anyOf(gathered, 4) << PAIR_BITS);
}

function anyOf(words: Int32Array, from: number): number {
  const any = (words[from] as number) | (words[from + 1] as number) | (words[from + 2] as number) | (words[from + 3] as number);
  return (any | (any >> 8) | (any >> 16) | (any >> 24)) & 255;
}
