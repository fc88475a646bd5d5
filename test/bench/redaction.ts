/**
 * Speed of redaction beside that of peers on npm, in turn in one run and on one thread: detection, checks and tokens. The
 * session remembers in memory, one for each pass over the texts: peers keep no values, so the vault's disk is left out.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Redactor } from "@redactpii/node";
import type { Span } from "../../kernel/index.ts";
import { mint } from "../../kernel/redacted.ts";
import { loadNameDetector, NAME_TYPES } from "../../plugins/privacy/names/detect.ts";
import { builtInPatterns } from "../../plugins/privacy/patterns/index.ts";
import { createScanner } from "../../plugins/privacy/scan/scanner.ts";
import { MemoryTokenVault } from "../../plugins/privacy/vault/memory-vault.ts";
import { cpuMs } from "./cpu-time.ts";
import { median } from "./median.ts";
import { type PlantedText, plantedTexts } from "./redaction-corpus.ts";
import { type Quality, quality } from "./redaction-quality.ts";
import { textKinds } from "./text-kinds.ts";

/** MB/s of text in pieces of about 1 KB, and in one string; absent where it took too long. */
export interface RedactionBenchRow extends Partial<Quality> {
  readonly name: string;
  readonly pieces: number;
  readonly whole?: number;
}

type Detect = (text: string) => Span[];

const RUNS = 9;
/** Passes that are timed together: the processor's time of a thread is counted in steps of some milliseconds. */
const PASSES = 4;
export const FASTEST_PEER = "@redactpii/node";
const SLOW_PEER_MS = 120_000;

export async function detectorSets(): Promise<[name: string, detect: Detect][]> {
  const scan = createScanner(builtInPatterns);
  const names = await loadNameDetector();
  return [
    ["superinstance, patterns", scan],
    ["superinstance, names", names],
    ["superinstance, both", (text) => [...scan(text), ...names(text)]],
  ];
}

/** Rows for the pattern detectors, the detector of names, both, and the peers. */
export async function benchRedaction(
  sets: readonly (readonly [string, Detect])[],
  texts: readonly PlantedText[] = plantedTexts(2_000),
): Promise<RedactionBenchRow[]> {
  const contestants: Contestant[] = [
    ...sets.map(([name, detect]): Contestant => {
      const found = texts.map(({ text }) => detect(text));
      return { ...ours(name, detect), ...quality(texts, found) };
    }),
    fastestPeer(),
  ];
  const pieces = texts.map(({ text }) => text);
  const speeds = [pieces, [pieces.join("\n")]].map((input) => megabytesASecond(contestants, input));
  const rows = contestants.map(({ pass: _, ...row }, i) => ({ ...row, pieces: speeds[0]?.[i] as number, whole: speeds[1]?.[i] as number }));
  return [...rows, ...slowPeer("@openredaction/core")];
}

/** MB/s of detectors and of the fastest peer over texts of several kinds, in pieces of 1 KB. */
export function benchTextKinds([name, detect]: readonly [string, Detect]): { kind: string; own: number; peer: number }[] {
  const contestants = [ours(name, detect), fastestPeer()];
  return textKinds().map(([kind, texts]) => {
    const [own = Number.NaN, peer = Number.NaN] = megabytesASecond(contestants, texts);
    return { kind, own, peer };
  });
}

const TYPES = new Set([...builtInPatterns.map(({ type }) => type), ...NAME_TYPES]);

function ours(name: string, detect: Detect): Contestant {
  const pass = (pieces: readonly string[]) => {
    const session = new MemoryTokenVault().session("bench");
    for (const text of pieces) mint(text, detect(text), session, TYPES);
  };
  return { name, pass };
}

function fastestPeer(): Contestant {
  const redactor = new Redactor();
  return { name: FASTEST_PEER, pass: (pieces) => pieces.forEach((text) => void redactor.redact(text)) };
}

interface Contestant extends Partial<Quality> {
  readonly name: string;
  /** Redacts each of the texts. */
  pass(texts: readonly string[]): void;
}

/** In turn, so that what else happens on the machine meets all alike. */
function megabytesASecond(contestants: readonly Contestant[], texts: readonly string[]): number[] {
  const size = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  for (const { pass } of contestants) pass(texts); // warm
  const times = contestants.map((): number[] => []);
  for (let run = 0; run < RUNS; run++)
    for (const [i, { pass }] of contestants.entries()) times[i]?.push(cpuMs(() => repeat(PASSES, () => pass(texts))));
  return times.map((all) => ((PASSES * size) / median(all)) * 1000);
}

function repeat(times: number, work: () => void): void {
  for (let i = 0; i < times; i++) work();
}

/** A peer that may take minutes, in a process of its own. */
function slowPeer(name: string): RedactionBenchRow[] {
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, "slow-peer.ts")], { encoding: "utf8", timeout: SLOW_PEER_MS });
  const lines = stdout.trim().split("\n").filter(Boolean);
  const parts = lines.map((line) => JSON.parse(line) as Partial<RedactionBenchRow>);
  return parts.length === 0 ? [] : [Object.assign({ name, pieces: Number.NaN }, ...parts) as RedactionBenchRow];
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
