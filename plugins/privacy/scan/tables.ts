/** All that the search for anchors and runs of digits needs to know of a set of patterns, as plain tables. */
import { type Anchor, bytesOf, needsWord } from "./anchors.ts";
import { createAutomaton } from "./automaton.ts";
import type { Contexts } from "./contexts.ts";
import type { Detector } from "./detector.ts";
import { AT_WORD, createGates, type Gates, WORD } from "./gates.ts";
import { byteSet } from "./kernels.ts";
import { createRuns, type Runs, runStarts } from "./runs.ts";
import { createSieve, type Sieve } from "./sieve.ts";

export interface Tables {
  /** See `Automaton`. */
  readonly symbols: Uint8Array;
  readonly bits: number;
  readonly next: Uint16Array;
  /** The number of states. */
  readonly states: number;
  /** With what an anchor may begin where no word of ASCII does. */
  readonly anywhere: Uint8Array;
  readonly sieve: Sieve;
  readonly runs: Runs;
  readonly gates: Gates;
}

/** What to try where an anchor stands: the numbers of detectors, or that of a context word. */
export interface Owned {
  readonly anchor: Anchor;
  readonly detectors: readonly number[];
  readonly word?: number;
}

/** @throws RangeError when there are too many anchors. */
export function createTables(owned: readonly Owned[], detectors: readonly Detector[], contexts: Contexts): Tables {
  const anchors = owned.map(({ anchor }) => anchor);
  const { ends, ...automaton } = createAutomaton(anchors);
  const firsts = anchors.flatMap((anchor) => {
    const [first = []] = bytesOf(anchor);
    return needsWord(anchor) ? first.filter((byte) => byte >= 128) : first;
  });
  const runs = createRuns(detectors);
  const entries = ends.map((list) => list.flatMap((i) => entriesOf(owned[i] as Owned)));
  return {
    ...automaton,
    states: ends.length,
    anywhere: byteSet(firsts),
    sieve: createSieve(automaton, createAutomaton(runStarts(detectors))),
    runs,
    gates: createGates(detectors, contexts, [...entries, ...runs.lists]),
  };
}

function entriesOf({ anchor, detectors, word }: Owned): number[] {
  const place = needsWord(anchor) ? AT_WORD : 0;
  return word === undefined ? detectors.map((number) => number | place) : [word | WORD | place];
}
