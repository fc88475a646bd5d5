/** Finds the places where anchors stand and runs of digits begin, in one pass over a text. */
import { type Anchor, bytesOf, needsWord } from "./anchors.ts";
import { createAutomaton } from "./automaton.ts";
import { byteSet } from "./kernels.ts";
import { createSieve } from "./sieve.ts";
import { type Sink, type Tables, workspace } from "./workspace.ts";

export type Trigger = (text: string, sink: Sink) => void;

/** @param digitStarts how runs of digits begin that the sink wants to hear of. */
export function createTrigger(anchors: readonly Anchor[], digitStarts: readonly Anchor[]): Trigger {
  const tables = tablesOf(anchors, digitStarts);
  return (text, sink) => workspace().search(text, tables, sink);
}

function tablesOf(anchors: readonly Anchor[], digitStarts: readonly Anchor[]): Tables {
  const automaton = createAutomaton(anchors);
  const atWord = anchors.map(needsWord);
  const firsts = anchors.flatMap((anchor, i) => {
    const [first = []] = bytesOf(anchor);
    return atWord[i] ? first.filter((byte) => byte >= 128) : first;
  });
  return {
    ...automaton,
    ends: automaton.ends.map((list) => Uint16Array.from(list)),
    atWord: Uint8Array.from(atWord, Number),
    anywhere: byteSet(firsts),
    sieve: createSieve(automaton, createAutomaton(digitStarts)),
  };
}
