/**
 * Speed of redaction beside that of peers on npm, in one run and on one thread: detection, checks and tokens, without
 * the vault's disk. Peers that are not installed are left out.
 *
 * Recall: 90% of a planted value is covered; precision: half of what was marked is true; over: clean characters hidden.
 */
import type { Span, TokenSession } from "../../kernel/index.ts";
import { mint } from "../../kernel/redacted.ts";
import { loadNameDetector, NAME_TYPES } from "../../plugins/privacy/names/detect.ts";
import { builtInPatterns } from "../../plugins/privacy/patterns/index.ts";
import { createScanner } from "../../plugins/privacy/scan/scanner.ts";
import { type PlantedText, plantedTexts } from "./redaction-corpus.ts";

export interface RedactionBenchRow {
  readonly name: string;
  /** MB/s of text in pieces of about 1 KB, and in one string; median of the runs. */
  readonly pieces: number;
  readonly whole: number;
  readonly recall?: number;
  readonly precision?: number;
  readonly over?: number;
}

type Redact = (text: string) => unknown;

const RUNS = 5;
/** Peers get less text, since some take minutes for what others do in a second, and for whole strings less again. */
const SLOW_TEXTS = 100;

/** Rows for the pattern detectors, the detector of names, both, and the peers. */
export async function benchRedaction(texts: readonly PlantedText[] = plantedTexts(2_000)): Promise<RedactionBenchRow[]> {
  const scan = createScanner(builtInPatterns);
  const names = await loadNameDetector();
  const types = new Set([...builtInPatterns.map(({ type }) => type), ...NAME_TYPES]);
  const redact = (detect: (text: string) => Span[]) => (text: string) => mint(text, detect(text), memorySession(), types);
  const own: [string, (text: string) => Span[]][] = [
    ["superinstance, patterns", scan],
    ["superinstance, names", names],
    ["superinstance, both", (text) => [...scan(text), ...names(text)]],
  ];
  const rows = own.map(([name, detect]) => ({ ...measure(name, redact(detect), texts), ...quality(detect, texts) }));
  for (const [name, load] of PEERS) {
    const peer = await load().catch(() => undefined);
    if (peer) rows.push(measure(name, peer.redact, peer.slow ? texts.slice(0, SLOW_TEXTS) : texts) as (typeof rows)[number]);
  }
  return rows;
}

/** The same as a plain-text table. */
export function redactionBenchTable(rows: readonly RedactionBenchRow[]): string {
  const head = `${"MB/s".padEnd(28)}${["1 KB", "whole", "recall", "precision", "over %"].map((name) => name.padStart(10)).join("")}`;
  const figure = (value: number | undefined, digits: number) => (value === undefined ? "" : value.toFixed(digits)).padStart(10);
  const lines = rows.map(
    ({ name, pieces, whole, recall, precision, over }) =>
      name.padEnd(28) +
      figure(pieces, 2) +
      figure(whole, 2) +
      figure(recall, 3) +
      figure(precision, 3) +
      figure(over === undefined ? undefined : over * 100, 3),
  );
  return [head, ...lines].join("\n");
}

function measure(name: string, redact: Redact, texts: readonly PlantedText[]): RedactionBenchRow {
  const pieces = texts.map(({ text }) => text);
  const whole = [pieces.join("\n")];
  return { name, pieces: megabytesASecond(redact, pieces), whole: megabytesASecond(redact, whole) };
}

function megabytesASecond(redact: Redact, texts: readonly string[]): number {
  const size = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  for (const text of texts) redact(text); // warm
  const speeds = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    for (const text of texts) redact(text);
    return (size / (performance.now() - began)) * 1000;
  });
  return speeds.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
}

function quality(
  detect: (text: string) => readonly Span[],
  texts: readonly PlantedText[],
): { recall: number; precision: number; over: number } {
  const counts = { planted: 0, found: 0, marked: 0, right: 0, clean: 0, over: 0 };
  for (const { text, spans } of texts) {
    const marked = detect(text);
    const truth = covered(text.length, spans);
    const hidden = covered(text.length, marked);
    const share = (mask: Uint8Array, { start, end }: { start: number; end: number }) =>
      mask.subarray(start, end).reduce((sum, bit) => sum + bit, 0) / (end - start);
    counts.planted += spans.length;
    counts.found += spans.filter((span) => share(hidden, span) >= 0.9).length;
    counts.marked += marked.length;
    counts.right += marked.filter((span) => share(truth, span) >= 0.5).length;
    for (const [i, bit] of truth.entries())
      if (bit === 0) {
        counts.clean++;
        if (hidden[i] === 1) counts.over++;
      }
  }
  return { recall: counts.found / counts.planted, precision: counts.right / counts.marked, over: counts.over / counts.clean };
}

function covered(length: number, spans: readonly { readonly start: number; readonly end: number }[]): Uint8Array {
  const mask = new Uint8Array(length);
  for (const { start, end } of spans) mask.fill(1, start, end);
  return mask;
}

/** Tokens in memory: the disk is not what is measured here. */
function memorySession(): TokenSession {
  const numbers = new Map<string, number>();
  const counts = new Map<string, number>();
  return {
    id: "bench",
    assign: (values) =>
      values.map(({ type, value }) => {
        const key = `${type}\0${value}`;
        const known = numbers.get(key);
        if (known !== undefined) return known;
        const number = (counts.get(type) ?? 0) + 1;
        counts.set(type, number);
        numbers.set(key, number);
        return number;
      }),
    valueOf: () => undefined,
    reserve: () => true,
  };
}

interface Peer {
  readonly redact: Redact;
  readonly slow?: boolean;
}

/** Imported under names that no compiler resolves, since they need not be there. */
const peer = async (name: string): Promise<Record<string, never>> => (await import(name)) as Record<string, never>;

const PEERS: readonly [name: string, load: () => Promise<Peer>][] = [
  [
    "@redactpii/node",
    async () => {
      const { Redactor } = (await peer("@redactpii/node")) as unknown as { Redactor: new () => { redact(text: string): string } };
      const redactor = new Redactor();
      return { redact: (text) => redactor.redact(text) };
    },
  ],
  [
    "redact-pii",
    async () => {
      const { SyncRedactor } = (await peer("redact-pii")) as unknown as { SyncRedactor: new () => { redact(text: string): string } };
      const redactor = new SyncRedactor();
      return { redact: (text) => redactor.redact(text), slow: true };
    },
  ],
  [
    "openredaction",
    async () => {
      const { OpenRedaction } = (await peer("openredaction")) as unknown as { OpenRedaction: new () => { detect(text: string): unknown } };
      const redactor = new OpenRedaction();
      return { redact: (text) => redactor.detect(text), slow: true };
    },
  ],
];
