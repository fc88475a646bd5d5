/**
 * The conditions that every match of a pattern satisfies, as the tables from which `gateKernel` reads them. They may let
 * too much pass, never too little; a character beyond Latin-1 may be anything.
 */
import type { GateName, Pattern } from "../patterns/pattern.ts";
import { byteTable } from "./byte-table.ts";
import type { Contexts } from "./contexts.ts";
import type { Detector } from "./detector.ts";

/** The numbers of the conditions with a name; 0 is none. What says "undated" is told by the lists of runs of digits. */
export const GATE_NUMBERS: Readonly<Record<GateName, number>> = {
  undated: 0,
  ...{ bare: 1, quoted: 2, digit: 3, mail: 4, login: 5, account: 6, element: 7, hexadecimal: 8 },
};

/** Bytes of a record: seven numbers of 32 bits, see `RECORD`. */
export const RECORD_SIZE = 32;
/** Offsets in a record. Lists and classes are given by where they lie in the data, 0 for none; the number of a context is one more than its own. */
export const RECORD = { context: 0, gate: 4, followed: 8, least: 12, within: 16, before: 20 } as const;

/** Bits of an entry besides the number: of a context word instead of a pattern, and at starts of words only. */
export const WORD = 0x8000;
export const AT_WORD = 0x4000;
/** Patterns, and context words, of one scanner at most. */
export const MAX_ENTRIES = 0x4000;

export interface Gates {
  readonly records: Int32Array;
  /** For each context word where its contexts are listed. */
  readonly words: Int32Array;
  /** For each state of the automaton, then for each list of `Runs`, where its entries begin; one more closes the last. */
  readonly lists: Int32Array;
  /** Lists of numbers of 16 bits, and classes of 256 bytes. */
  readonly data: Uint8Array;
  /** Entries of a list at most. */
  readonly most: number;
}

/** @param entries for each state, then for each run, the patterns and words to look at, as entries. */
export function createGates(detectors: readonly Detector[], contexts: Contexts, entries: readonly (readonly number[])[]): Gates {
  if (Math.max(detectors.length, contexts.anchors.length) > MAX_ENTRIES) throw new RangeError("there are too many patterns");
  const data = new Data();
  const lists = Int32Array.from([...entries.map((list) => data.add(list)), data.size]);
  const words = Int32Array.from(contexts.anchors.keys(), (word) => {
    const numbers = contexts.of(word);
    return data.add([numbers.length, ...numbers.map((number) => number + 1)]);
  });
  const records = Int32Array.from(detectors.flatMap((detector) => recordOf(detector, data)));
  return { records, words, lists, data: data.bytes(), most: Math.max(1, ...entries.map(({ length }) => length)) };
}

function recordOf({ context, gate, followed, before = [] }: Detector, data: Data): number[] {
  const { of = "", least = 0, within = 0 } = followed ?? {};
  return [
    context + 1,
    gate === undefined ? 0 : GATE_NUMBERS[gate],
    least === 0 ? 0 : data.addClass(of),
    least,
    within,
    before.length === 0 ? 0 : data.add([before.length, ...before.flatMap(twoLetters)]),
    ...[0, 0],
  ];
}

/** The first two letters of a word, and which bits of them count: it may have one only. */
function twoLetters(word: string): number[] {
  return word.length === 1 ? [word.charCodeAt(0), 0xff] : [word.charCodeAt(0) | (word.charCodeAt(1) << 8), 0xffff];
}

class Data {
  /** Something before the first list: 0 is no place. */
  readonly #parts: Uint8Array[] = [new Uint8Array(2)];
  readonly #classes = new Map<string, number>();
  size = 2;

  add(numbers: readonly number[]): number {
    return this.#add(new Uint8Array(Uint16Array.from(numbers).buffer));
  }

  addClass(characters: string): number {
    const at = this.#classes.get(characters) ?? this.#add(byteTable(new RegExp(`[${characters}]`), 0));
    this.#classes.set(characters, at);
    return at;
  }

  #add(bytes: Uint8Array): number {
    const at = this.size;
    this.#parts.push(bytes);
    this.size += bytes.length;
    return at;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#parts));
  }
}

const NONE = new Uint8Array(256);

/** For each byte whether no match may begin behind it, from the class with which the expression excludes some. */
export function excludedBehind({ pattern, back }: Pattern): Uint8Array {
  const [, characters] = /^\(\?<!(\[[^\]]+\])[|)]/.exec(pattern) ?? [];
  return characters === undefined || back !== undefined ? NONE : byteTable(new RegExp(characters), 0);
}
