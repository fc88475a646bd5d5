/**
 * One pass over a text for all patterns: where an anchor stands, and only there, the regular expressions of its patterns
 * are tried, each bound to its place (sticky).
 */
import type { Span } from "../../../kernel/index.ts";
import type { Pattern } from "../patterns/pattern.ts";
import type { Anchor } from "./anchors.ts";
import { Contexts } from "./contexts.ts";
import { Detector } from "./detector.ts";
import { addDisguised } from "./plain-views.ts";
import { storedTables, tablesFile } from "./stored-tables.ts";
import { createTables, type Owned, type Tables } from "./tables.ts";
import { type Sink, workspace } from "./workspace.ts";

export type Scanner = (text: string) => Span[];

/** Says where the values stand that `patterns` describe, disguised ones as well. Time is linear in the length of the text. */
export function createScanner(patterns: readonly Pattern[]): Scanner {
  const { detectors, everywhere } = partsOf(patterns);
  const tables = storedTables(patterns, import.meta.url) ?? tablesOf(patterns);
  const pass = new Pass(detectors);
  const scan = (text: string) => {
    const spans = pass.over(text, tables);
    for (const detector of everywhere) detector.runOver(text, spans);
    return spans;
  };
  return (text) => {
    const spans = scan(text);
    const { signs } = pass;
    if (signs !== 0) addDisguised(text, signs, scan, spans);
    return spans;
  };
}

/** The file in which the build keeps what takes long to compute for these patterns. */
export function scannerFile(patterns: readonly Pattern[]): { name: string; content: Uint8Array } {
  return tablesFile(patterns, tablesOf(patterns));
}

export function tablesOf(patterns: readonly Pattern[]): Tables {
  const { detectors, everywhere } = partsOf(patterns);
  const contexts = new Contexts(detectors.filter((detector) => !everywhere.includes(detector)));
  const words = contexts.anchors.map((anchor, word): Owned => ({ anchor, detectors: [], word }));
  return createTables([...ownedAnchors(detectors), ...words], detectors, contexts);
}

function partsOf(patterns: readonly Pattern[]) {
  const detectors = patterns.map((entry) => new Detector(entry));
  return { detectors, everywhere: detectors.filter(({ anchors, digits }) => anchors.length === 0 && digits === undefined) };
}

/** Each anchor once, with the detectors that begin there. */
function ownedAnchors(detectors: readonly Detector[]): Owned[] {
  const owned = new Map<string, { anchor: Anchor; detectors: number[] }>();
  for (const [number, detector] of detectors.entries())
    for (const text of new Set(detector.anchors)) {
      const anchor = { text, ignoreCase: detector.ignoreCase, atWord: !detector.reachesBack };
      const key = `${anchor.ignoreCase} ${anchor.atWord} ${anchor.ignoreCase ? text.toLowerCase() : text}`;
      const known = owned.get(key);
      if (known) known.detectors.push(number);
      else owned.set(key, { anchor, detectors: [number] });
    }
  return [...owned.values()];
}

/** What is found in one text. */
class Pass implements Sink {
  readonly #detectors: readonly Detector[];
  #text = "";
  #spans: Span[] = [];
  #id = 0;

  constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors;
  }

  /** The signs of disguises that the last text has. */
  signs = 0;

  over(text: string, tables: Tables): Span[] {
    const spans: Span[] = [];
    this.#text = text;
    this.#spans = spans;
    this.#id++;
    this.signs = workspace().search(text, tables, this);
    this.#text = "";
    this.#spans = [];
    return spans;
  }

  tryAt(pattern: number, place: number): void {
    (this.#detectors[pattern] as Detector).tryAt(this.#text, this.#id, place, this.#spans);
  }
}
