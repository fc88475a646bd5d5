/**
 * Finds the places where anchors stand. Each character becomes one of 32 symbols, three symbols in a row an index into a
 * table, and only where the table says that an anchor may begin are characters compared.
 */
import { type Anchor, AnchorTable, beginsWord } from "./anchors.ts";

/** Symbols: letters without case, digits, a few groups of signs; all else is 0. */
const DIGIT = 27;
const SIGNS = ["@", ":", "-.", "+/(~°"];
const BITS = 5;
const TRIPLE_COUNT = 1 << (3 * BITS);

/** A small letter that begins no triple, for the letters of other alphabets. */
const SMALL_BEYOND = 0xff;
/** Characters before a stretch that it needs to know. */
const BEFORE = 1;
/** Characters behind the first of a triple. */
const AFTER = 2;
/** Characters behind a stretch that an anchor may go on into. */
const AHEAD = 64;
const TWO_BYTES = /[\u0100-\uffff]/;

const SYMBOLS = Uint8Array.from({ length: 256 }, (_, code) => symbolOf(String.fromCharCode(code)));

function symbolOf(char: string): number {
  if (/[a-z]/i.test(char)) return char.toLowerCase().charCodeAt(0) - 96;
  if (/[0-9]/.test(char)) return DIGIT;
  const group = SIGNS.findIndex((signs) => signs.includes(char));
  return group < 0 ? 0 : DIGIT + 1 + group;
}

/** Gives the place and the number of each anchor that stands in a text, in order of place. */
export type Trigger = (text: string, found: (at: number, anchor: number) => void) => void;

/** How much of a text is looked through at once. */
const CHUNK = 1 << 14;

export function createTrigger(anchors: readonly Anchor[]): Trigger {
  const table = new AnchorTable(anchors);
  const { triples, lists } = tripleTable(anchors);
  const atStarts = Uint8Array.from(lists, (list) => (list.every((number) => table.inWord(number)) ? 1 : 0));
  const fourths = fourthTable(lists, table);
  const buffer = Buffer.alloc(BEFORE + CHUNK + 2 * AHEAD);
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

  const tables = { triples, atStarts, fourths };
  const hits: Hits = { places: new Int32Array(CHUNK), lists: new Uint16Array(CHUNK) };

  return (text, found) => {
    for (let base = 0; base < text.length; base += CHUNK) {
      const from = Math.max(0, base - BEFORE);
      const to = Math.min(text.length, base + CHUNK + AHEAD);
      fill(buffer, BEFORE - (base - from), to - from === text.length ? text : text.slice(from, to));
      const count = sieve(bytes, Math.min(to - base, CHUNK), tables, hits);
      for (let n = 0; n < count; n++) {
        const list = hits.lists[n] as number;
        const i = hits.places[n] as number;
        const mask = fourths[list * 128 + ((bytes[i + 3] as number) & 127)] as number;
        const numbers = lists[list] as Uint16Array;
        for (let k = 0; k < numbers.length; k++)
          if ((mask & (1 << (k & 31))) !== 0 && table.standsAt(numbers[k] as number, bytes, i))
            found(base + i - BEFORE, numbers[k] as number);
      }
    }
  };
}

/** Where, in the bytes of a stretch, triples stand with which an anchor may begin, and the numbers of their lists. */
interface Hits {
  readonly places: Int32Array;
  readonly lists: Uint16Array;
}

interface Tables {
  readonly triples: Uint16Array;
  /** For each list whether all of it begins at starts of words only. */
  readonly atStarts: Uint8Array;
  readonly fourths: Int32Array;
}

/** The inner loop, kept apart from all else so that it compiles well; gives how many hits there are. */
function sieve(bytes: Uint8Array, length: number, { triples, atStarts, fourths }: Tables, { places, lists }: Hits): number {
  const end = BEFORE + length + AFTER;
  let triple = ((SYMBOLS[bytes[BEFORE] as number] as number) << BITS) | (SYMBOLS[bytes[BEFORE + 1] as number] as number);
  let count = 0;
  for (let i = BEFORE + AFTER; i < end; i++) {
    triple = ((triple << BITS) & (TRIPLE_COUNT - 1)) | (SYMBOLS[bytes[i] as number] as number);
    const list = triples[triple] as number;
    if (list === 0 || fourths[list * 128 + ((bytes[i + 1] as number) & 127)] === 0) continue;
    if (atStarts[list] === 1 && !beginsWord(bytes[i - AFTER - 1] as number, bytes[i - AFTER] as number)) continue;
    places[count] = i - AFTER;
    lists[count++] = list;
  }
  return count;
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
  bytes.fill(0, at + text.length, at + text.length + AHEAD);
}

/** For each triple of symbols the number of the list of anchors that may begin there, 0 for none. */
function tripleTable(anchors: readonly Anchor[]): { triples: Uint16Array; lists: Uint16Array[] } {
  const byTriple = new Map<number, number[]>();
  for (const [number, { text }] of anchors.entries())
    for (const triple of triplesOf(text)) {
      const list = byTriple.get(triple);
      if (list) list.push(number);
      else byTriple.set(triple, [number]);
    }
  const triples = new Uint16Array(TRIPLE_COUNT);
  const lists = [new Uint16Array(0)];
  const known = new Map<string, number>();
  for (const [triple, list] of byTriple) {
    const key = list.join();
    const number = known.get(key) ?? lists.push(Uint16Array.from(list)) - 1;
    known.set(key, number);
    triples[triple] = number;
  }
  return { triples, lists };
}

/** The triples of symbols with which an anchor can begin. */
function triplesOf(anchor: string): number[] {
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

/** For each list and fourth character (seven bits) a bit for each of the list that it fits; beyond 32, bits are shared. */
function fourthTable(lists: readonly Uint16Array[], table: AnchorTable): Int32Array {
  const fourths = new Int32Array(lists.length * 128);
  for (const [number, list] of lists.entries())
    for (const [k, anchor] of list.entries())
      for (let byte = 0; byte < 256; byte++)
        if (table.takes(anchor, 3, byte)) {
          const at = number * 128 + (byte & 127);
          fourths[at] = (fourths[at] as number) | (1 << (k & 31));
        }
  return fourths;
}
