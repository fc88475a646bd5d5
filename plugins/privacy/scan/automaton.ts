/**
 * All anchors as one automaton: from a place where an anchor may begin, it reads characters for as long as one may go on,
 * and says which have ended. Bytes that no anchor tells apart are one symbol, so that the table stays small.
 */
import { type Anchor, bytesOf } from "./anchors.ts";

export interface Automaton {
  /** The symbol of each byte; 0 stands in no anchor. */
  readonly symbols: Uint8Array;
  /** The number of bits of a symbol. */
  readonly bits: number;
  /** At `(state << bits) + symbol` the state that follows, with the bit ENDS when anchors end there; 0 when none follows. */
  readonly next: Uint16Array;
  /** For each state the anchors that end there. */
  readonly ends: readonly (readonly number[])[];
}

/** Characters of an anchor that are looked at: as many may end on one walk. */
export const LONGEST_ANCHOR = 64;
/** The state before any character. */
export const ROOT = 1;
export const ENDS = 0x8000;

/** @throws RangeError when the anchors are too many for the table. */
export function createAutomaton(anchors: readonly Anchor[]): Automaton {
  const bytes = anchors.map((anchor) => bytesOf(anchor).slice(0, LONGEST_ANCHOR));
  const { symbols, count } = symbolTable(bytes);
  const bits = Math.ceil(Math.log2(count));
  const places = bytes.map((anchor) => anchor.map((allowed) => [...new Set(allowed.map((byte) => symbols[byte] as number))]));
  let next = new Uint16Array(1 << (bits + 8));
  const ends: number[][] = [[]];
  const known = new Map<string | number, number>();

  // The anchors that are still alive after the same number of characters are all that matters for what may follow.
  const stateOf = (alive: readonly number[], depth: number): number => {
    const key = alive.length === 1 ? depth * anchors.length + (alive[0] as number) : `${depth}:${alive.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const state = ends.length;
    known.set(key, state);
    const ending = alive.filter((anchor) => places[anchor]?.length === depth);
    ends.push(ending);
    const bySymbol = new Map<number, number[]>();
    for (const anchor of alive)
      for (const symbol of places[anchor]?.[depth] ?? []) {
        const list = bySymbol.get(symbol);
        if (list) list.push(anchor);
        else bySymbol.set(symbol, [anchor]);
      }
    for (const [symbol, list] of bySymbol) {
      const following = stateOf(list, depth + 1);
      const at = (state << bits) + symbol;
      while (ends.length << bits > next.length) next = grown(next);
      next[at] = (ends[following] as number[]).length > 0 ? following | ENDS : following;
    }
    return state;
  };
  stateOf([...anchors.keys()], 0);
  if (ends.length > ENDS) throw new RangeError("there are too many anchors");
  return { symbols, bits, next: next.slice(0, ends.length << bits), ends };
}

/** Twice as large. */
function grown(table: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(table.length * 2);
  larger.set(table);
  return larger;
}

/** Bytes are one symbol when every place of every anchor takes all of them or none. */
function symbolTable(anchors: readonly (readonly (readonly number[])[])[]): { symbols: Uint8Array; count: number } {
  const classes = Array.from({ length: 256 }, () => "");
  const seen = new Map<string, number>();
  for (const places of anchors)
    for (const allowed of places) {
      const key = String.fromCharCode(...allowed);
      if (seen.has(key)) continue;
      seen.set(key, seen.size);
      for (const byte of allowed) classes[byte] += `${seen.get(key)},`;
    }
  const numbers = new Map<string, number>([["", 0]]);
  const symbols = Uint8Array.from(classes, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name) as number;
  });
  return { symbols, count: numbers.size };
}
