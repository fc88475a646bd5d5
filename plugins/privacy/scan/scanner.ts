/**
 * One pass over a text for all patterns: where an anchor stands, and only there, the regular expressions of its patterns
 * are tried, each bound to its place (sticky).
 */
import type { Span } from "../../../kernel/index.ts";
import type { Pattern } from "../patterns/pattern.ts";
import type { Anchor } from "./anchors.ts";
import { Contexts } from "./contexts.ts";
import { Detector } from "./detector.ts";
import type { Gate } from "./gates.ts";
import { addDisguised } from "./plain-views.ts";
import { storedTables, tablesFile } from "./stored-tables.ts";
import { createTables, type Tables } from "./tables.ts";
import { type Sink, type Window, workspace } from "./workspace.ts";

export type Scanner = (text: string) => Span[];

/** Says where the values stand that `patterns` describe, disguised ones as well. Time is linear in the length of the text. */
export function createScanner(patterns: readonly Pattern[]): Scanner {
  const { detectors, everywhere, contexts, anchors, owners } = partsOf(patterns);
  const tables = storedTables(patterns, import.meta.url) ?? createTables(anchors, detectors);
  const lists = tables.runs.lists.map((list) => list.map((i) => detectors[i] as Detector));
  const pass = new Pass(owners, lists, contexts);
  const scan = (text: string) => {
    const spans = pass.over(text, () => workspace().search(text, tables, pass));
    for (const detector of everywhere) detector.runOver(text, spans);
    return spans;
  };
  return (text) => {
    const spans = scan(text);
    addDisguised(text, scan, spans);
    return spans;
  };
}

/** The file in which the build keeps what takes long to compute for these patterns. */
export function scannerFile(patterns: readonly Pattern[]): { name: string; content: Uint8Array } {
  return tablesFile(patterns, tablesOf(patterns));
}

export function tablesOf(patterns: readonly Pattern[]): Tables {
  const { detectors, anchors } = partsOf(patterns);
  return createTables(anchors, detectors);
}

function partsOf(patterns: readonly Pattern[]) {
  const detectors = patterns.map((entry) => new Detector(entry));
  const everywhere = detectors.filter(({ anchors, digits }) => anchors.length === 0 && digits === undefined);
  const contexts = new Contexts(detectors.filter((detector) => !everywhere.includes(detector)));
  const { anchors, owners } = ownedAnchors(detectors);
  return { detectors, everywhere, contexts, anchors: [...anchors, ...contexts.anchors], owners };
}

/** Each anchor once, with the detectors that begin there. */
function ownedAnchors(detectors: readonly Detector[]): { anchors: Anchor[]; owners: Detector[][] } {
  const anchors: Anchor[] = [];
  const owners = new Map<string, Detector[]>();
  for (const detector of detectors)
    for (const text of new Set(detector.anchors)) {
      const anchor = { text, ignoreCase: detector.ignoreCase, atWord: !detector.reachesBack };
      const key = `${anchor.ignoreCase} ${anchor.atWord} ${anchor.ignoreCase ? text.toLowerCase() : text}`;
      const known = owners.get(key);
      if (known) known.push(detector);
      else {
        owners.set(key, [detector]);
        anchors.push(anchor);
      }
    }
  return { anchors, owners: [...owners.values()] };
}

/** What is found in one text. */
class Pass implements Sink {
  readonly #owners: readonly (readonly Detector[])[];
  /** What to try where runs of digits begin. */
  readonly #lists: readonly (readonly Detector[])[];
  readonly #contexts: Contexts;
  #text = "";
  #spans: Span[] = [];
  #id = 0;

  constructor(owners: readonly (readonly Detector[])[], lists: readonly (readonly Detector[])[], contexts: Contexts) {
    this.#owners = owners;
    this.#lists = lists;
    this.#contexts = contexts;
  }

  over(text: string, work: () => void): Span[] {
    const spans: Span[] = [];
    this.#text = text;
    this.#spans = spans;
    this.#id++;
    this.#contexts.forget();
    work();
    this.#text = "";
    this.#spans = [];
    return spans;
  }

  anchor(number: number, window: Window, at: number, end: number): void {
    const owners = this.#owners[number];
    if (owners === undefined) this.#contexts.saw(number - this.#owners.length, window.base + at);
    else this.#tryAll(owners, window, at, end);
  }

  digits(list: number, window: Window, at: number, end: number): void {
    this.#tryAll(this.#lists[list] as readonly Detector[], window, at, end);
  }

  #tryAll(detectors: readonly Detector[], { bytes, base }: Window, at: number, end: number): void {
    for (let k = 0; k < detectors.length; k++) {
      const detector = detectors[k] as Detector;
      if (detector.context >= 0 && !this.#contexts.near(detector.context, base + at)) continue;
      if (!passes(detector.gates, bytes, at, end)) continue;
      detector.tryAt(this.#text, this.#id, base + at, this.#spans);
    }
  }
}

function passes(gates: readonly Gate[], bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = 0; i < gates.length; i++) if (!(gates[i] as Gate)(bytes, at, end)) return false;
  return true;
}
