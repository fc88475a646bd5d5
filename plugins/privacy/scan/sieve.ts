/** Which three characters an anchor may begin with, as a small table that throws most places away at once. */
import { type Automaton, ENDS, ROOT } from "./automaton.ts";

/** Bits of a group of characters. */
export const GROUP_BITS = 6;
const DEPTH = 3;
const DIGIT = 53;
const SIGNS = ["@", ":", "-", ".", "+", "(", "/", "_", " ", "~\u00b0"];

export interface Sieve {
  /** One of 64 groups for each byte: letters, digits, some signs, all else. */
  readonly groups: Uint8Array;
  /** A bit for each three groups in a row, set when an anchor or a run of digits may begin so. */
  readonly bits: Int32Array;
}

type Transitions = Pick<Automaton, "symbols" | "next" | "bits">;

/** @param starts what else may begin: the automaton of how runs of digits do. */
export function createSieve(anchors: Transitions, starts: Transitions): Sieve {
  const groups = Uint8Array.from({ length: 256 }, (_, code) => groupOf(String.fromCharCode(code)));
  const passing = new Uint8Array(1 << (DEPTH * GROUP_BITS));
  for (const automaton of [anchors, starts]) letPass(automaton, groups, passing);
  const packed = new Int32Array(passing.length / 32);
  for (let i = 0; i < passing.length; i++) packed[i >> 5] = (packed[i >> 5] as number) | ((passing[i] as number) << (i & 31));
  return { groups, bits: packed };
}

/** Sets to 1 what the automaton may read. */
function letPass({ symbols, next, bits }: Transitions, groups: Uint8Array, passing: Uint8Array): void {
  const groupsOf = Array.from({ length: 1 << bits }, () => new Set<number>());
  for (const [byte, symbol] of symbols.entries()) groupsOf[symbol]?.add(groups[byte] as number);
  const pass = (states: readonly number[], index: number, depth: number): void => {
    const left = GROUP_BITS * (DEPTH - depth);
    if (depth === DEPTH || states.some((state) => (state & ENDS) !== 0)) {
      passing.fill(1, index << left, (index + 1) << left);
      return;
    }
    const byGroup = new Map<number, number[]>();
    for (const state of states)
      for (const [symbol, all] of groupsOf.entries()) {
        const following = next[((state & (ENDS - 1)) << bits) + symbol] as number;
        if (following === 0) continue;
        for (const group of all) {
          const list = byGroup.get(group);
          if (!list) byGroup.set(group, [following]);
          else if (!list.includes(following)) list.push(following);
        }
      }
    for (const [group, following] of byGroup) pass(following, (index << GROUP_BITS) | group, depth + 1);
  };
  pass([ROOT], 0, 0);
}

function groupOf(char: string): number {
  if (/[a-z]/.test(char)) return char.charCodeAt(0) - 96;
  if (/[A-Z]/.test(char)) return char.charCodeAt(0) - 38;
  if (/[0-9]/.test(char)) return DIGIT;
  const group = SIGNS.findIndex((signs) => signs.includes(char));
  return group < 0 ? 0 : DIGIT + 1 + group;
}
