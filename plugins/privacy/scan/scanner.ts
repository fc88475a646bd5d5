/**
 * One pass over a text for all patterns: a sieve stops where an anchor may stand, and only there are regular expressions
 * tried, each bound to its place (sticky).
 */
import type { Span } from "../../../kernel/index.ts";
import type { Pattern } from "../patterns/pattern.ts";
import { AnchorMatcher } from "./anchor.ts";
import { Detector } from "./detector.ts";
import { detectorsForRun, type RunTable, runTable } from "./runs.ts";
import { CHUNK, createTrigger, TRIPLE_COUNT, triplesOf } from "./trigger.ts";

export type Scanner = (text: string) => Span[];

interface Anchored {
  readonly anchor: AnchorMatcher;
  /** What to try there; for groups of digits it depends on their lengths. */
  readonly detector: Detector | RunTable;
}

/** Says where the values stand that `patterns` describe. Time is linear in the length of the text. */
export function createScanner(patterns: readonly Pattern[]): Scanner {
  const detectors = patterns.map((entry) => new Detector(entry));
  const everywhere = detectors.filter(({ anchors, digits }) => anchors.length === 0 && digits === undefined);
  const { triples, lists } = tripleTable(detectors);
  const atStarts = Uint8Array.from(lists, (list) => (list.every(({ anchor }) => anchor.inWord) ? 1 : 0));
  const trigger = createTrigger({ triples, atStarts, fourths: fourthTable(lists) });
  const hits = { places: new Int32Array(CHUNK), lists: new Uint16Array(CHUNK), masks: new Int32Array(CHUNK) };
  let id = 0;
  return (text) => {
    const spans: Span[] = [];
    id++;
    for (let base = 0; base < text.length; base += CHUNK) {
      const count = trigger(text, base, hits);
      for (let i = 0; i < count; i++) {
        const list = lists[hits.lists[i] as number] as readonly Anchored[];
        tryAll(list, hits.masks[i] as number, text, id, hits.places[i] as number, spans);
      }
    }
    for (const detector of everywhere) detector.runOver(text, spans);
    return spans;
  };
}

function tryAll(list: readonly Anchored[], mask: number, text: string, id: number, at: number, spans: Span[]): void {
  for (let i = 0; i < list.length; i++) {
    if ((mask & (1 << (i & 31))) === 0) continue;
    const { anchor, detector } = list[i] as Anchored;
    if (!anchor.standsAt(text, at)) continue;
    if (detector instanceof Detector) detector.tryAt(text, id, at, spans);
    else for (const other of detectorsForRun(text, at, detector)) other.tryAt(text, id, at, spans);
  }
}

/** For each list and fourth character a bit for each of the list that it fits; beyond 32, bits are shared. */
function fourthTable(lists: readonly (readonly Anchored[])[]): Int32Array {
  const table = new Int32Array(lists.length * 128);
  for (const [number, list] of lists.entries())
    for (const [i, { anchor }] of list.entries())
      for (let code = 0; code < 256; code++)
        if (anchor.takes(3, code)) table[number * 128 + (code & 127)] = (table[number * 128 + (code & 127)] as number) | (1 << (i & 31));
  return table;
}

/** For each triple of symbols the number of the list of what may begin there. */
function tripleTable(detectors: readonly Detector[]): { triples: Uint16Array; lists: Anchored[][] } {
  const byTriple = new Map<number, Anchored[]>();
  const add = (text: string, entry: Anchored) => {
    for (const triple of triplesOf(text)) {
      const list = byTriple.get(triple);
      if (list) list.push(entry);
      else byTriple.set(triple, [entry]);
    }
  };
  for (const detector of detectors)
    for (const text of detector.anchors)
      add(text, { anchor: new AnchorMatcher(text, detector.ignoreCase, !detector.reachesBack), detector });
  const onDigits = detectors.filter(({ digits }) => digits !== undefined);
  if (onDigits.length > 0) add("#", { anchor: new AnchorMatcher("#", false, true), detector: runTable(onDigits) });
  const triples = new Uint16Array(TRIPLE_COUNT);
  const lists: Anchored[][] = [[]];
  for (const [triple, list] of byTriple) triples[triple] = lists.push(list) - 1;
  return { triples, lists };
}
