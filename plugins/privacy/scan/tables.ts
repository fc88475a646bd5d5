/** All that the search for anchors and runs of digits needs to know of a set of patterns, as plain tables. */
import { type Anchor, bytesOf, needsWord } from "./anchors.ts";
import { createAutomaton } from "./automaton.ts";
import type { Detector } from "./detector.ts";
import { byteSet } from "./kernels.ts";
import { createRuns, type Runs, runStarts } from "./runs.ts";
import { createSieve, type Sieve } from "./sieve.ts";

export interface Tables {
  /** See `Automaton`. */
  readonly symbols: Uint8Array;
  readonly bits: number;
  readonly next: Uint16Array;
  /** For each state where the numbers of the anchors that end there begin among `ended`; one more closes the last. */
  readonly endsAt: Uint16Array;
  readonly ended: Uint16Array;
  /** For each anchor whether it may stand at the start of a word only. */
  readonly atWord: Uint8Array;
  /** With what an anchor may begin where no word of ASCII does. */
  readonly anywhere: Uint8Array;
  readonly sieve: Sieve;
  readonly runs: Runs;
}

/** @throws RangeError when there are too many anchors. */
export function createTables(anchors: readonly Anchor[], detectors: readonly Detector[]): Tables {
  const { ends, ...automaton } = createAutomaton(anchors);
  const atWord = anchors.map(needsWord);
  const firsts = anchors.flatMap((anchor, i) => {
    const [first = []] = bytesOf(anchor);
    return atWord[i] ? first.filter((byte) => byte >= 128) : first;
  });
  const endsAt = new Uint16Array(ends.length + 1);
  for (const [state, list] of ends.entries()) endsAt[state + 1] = (endsAt[state] as number) + list.length;
  return {
    ...automaton,
    endsAt,
    ended: Uint16Array.from(ends.flat()),
    atWord: Uint8Array.from(atWord, Number),
    anywhere: byteSet(firsts),
    sieve: createSieve(automaton, createAutomaton(runStarts(detectors))),
    runs: createRuns(detectors),
  };
}
