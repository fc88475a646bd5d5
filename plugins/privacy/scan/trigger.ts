/**
 * The sieve of the scan: each character becomes one of 32 symbols, three symbols in a row an index into a table, and
 * only where the table says that an anchor may begin is anything else done.
 */

/** How many triples there are. */
export const TRIPLE_COUNT = 1 << 15;

/** Symbols: letters without case, digits, a few groups of signs; all else is 0. */
const DIGIT = 27;
const SIGNS = ["@", ":", "-+./", "(~°"];
const BITS = 5;

/** A small letter that is in no anchor's triple, for the letters of other alphabets. */
const SMALL_BEYOND = 0xff;

/** Characters before a stretch that it needs to know. */
const BEFORE = 1;
/** Characters behind the first of a triple, and one more. The loop looks at as many zeros after the text. */
const AFTER = 2;
const TWO_BYTES = /[\u0100-\uffff]/;

const SYMBOLS = Uint8Array.from({ length: 256 }, (_, code) => symbolOf(String.fromCharCode(code)));

function symbolOf(char: string): number {
  if (/[a-z]/i.test(char)) return char.toLowerCase().charCodeAt(0) - 96;
  if (/[0-9]/.test(char)) return DIGIT;
  const group = SIGNS.findIndex((signs) => signs.includes(char));
  return group < 0 ? 0 : DIGIT + 1 + group;
}

/** What begins where: places in the text and, for each, the number of the list of what may begin there. */
export interface Hits {
  readonly places: Int32Array;
  readonly lists: Uint16Array;
  /** Bits of those of the list whose fourth character fits too. */
  readonly masks: Int32Array;
}

/** Looks through a stretch of a text; gives how many hits it wrote into `hits`. */
export type Trigger = (text: string, base: number, hits: Hits) => number;

/** How much of a text is looked through at once, and so how many hits there can be. */
export const CHUNK = 1 << 14;

// What a character is to the start of a word: a capital after a small letter starts one as well.
const SMALL = 1;
const LARGE = 2;
const JOINED = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/\p{Ll}/u.test(char)) return SMALL;
  return /\p{Lu}/u.test(char) ? LARGE : /[0-9]/.test(char) ? 3 : 0;
});

export interface TriggerTables {
  /** For each triple of symbols (see `triplesOf`) the number of a list, 0 for none. */
  readonly triples: Uint16Array;
  /** For each list whether all of it begins at starts of words only. */
  readonly atStarts: Uint8Array;
  /** For each list and each fourth character (seven bits) which of the list it fits. */
  readonly fourths: Int32Array;
}

export function createTrigger({ triples, atStarts, fourths }: TriggerTables): Trigger {
  const buffer = Buffer.alloc(BEFORE + CHUNK + 3 * AFTER);
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  return (text, base, { places, lists, masks }) => {
    const from = Math.max(0, base - BEFORE);
    const to = Math.min(text.length, base + CHUNK + AFTER + 1);
    fill(buffer, BEFORE - (base - from), to - from === text.length ? text : text.slice(from, to));
    const end = BEFORE + Math.min(to - base, CHUNK) + AFTER;
    let triple = ((SYMBOLS[bytes[BEFORE] as number] as number) << BITS) | (SYMBOLS[bytes[BEFORE + 1] as number] as number);
    let count = 0;
    for (let i = BEFORE + AFTER; i < end; i++) {
      triple = ((triple << BITS) & (TRIPLE_COUNT - 1)) | (SYMBOLS[bytes[i] as number] as number);
      const list = triples[triple] as number;
      if (list === 0) continue;
      if (atStarts[list] === 1) {
        const before = JOINED[bytes[i - AFTER - 1] as number] as number;
        if (before !== 0 && !(before === SMALL && JOINED[bytes[i - AFTER] as number] === LARGE)) continue;
      }
      const mask = fourths[list * 128 + ((bytes[i + 1] as number) & 127)] as number;
      if (mask === 0) continue;
      masks[count] = mask;
      places[count] = base + i - AFTER - BEFORE;
      lists[count++] = list;
    }
    return count;
  };
}

/** Writes a text as one byte a character, and zeros around it; characters beyond Latin-1 are no part of any anchor. */
function fill(bytes: Buffer, at: number, text: string): void {
  bytes[0] = 0;
  if (TWO_BYTES.test(text))
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      bytes[at + i] = code < 256 ? code : code < 0x590 ? SMALL_BEYOND : 0;
    }
  else bytes.write(text, at, text.length, "latin1");
  bytes.fill(0, at + text.length, at + text.length + AFTER + 1);
}

/** The triples of symbols with which an anchor can begin. */
export function triplesOf(anchor: string): number[] {
  const [first = [], second = [], third = []] = [0, 1, 2].map((i) => symbolsFor(anchor[i]));
  return first.flatMap((a) => second.flatMap((b) => third.map((c) => (a << (2 * BITS)) | (b << BITS) | c)));
}

function symbolsFor(char: string | undefined): number[] {
  const all = Array.from({ length: 1 << BITS }, (_, symbol) => symbol);
  if (char === undefined) return all;
  if (char === "^") return all.slice(1, 27);
  if (char === "&") return all.slice(1, 28);
  if (char === "%") return [...all.slice(1, 7), DIGIT];
  return [char === "#" ? DIGIT : symbolOf(char)];
}
