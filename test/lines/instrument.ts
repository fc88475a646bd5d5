/**
 * Counts which statements of cloud/ are run. Types are blanked out before counters are put in, so that lines and columns are
 * the source's own, and the same file counts alike in Node and in workerd: its counters can be added up.
 */
import { createRequire, stripTypeScriptTypes } from "node:module";
import { relative, resolve, sep } from "node:path";

/** Of one file: where its statements are, and how often each was run. */
export interface FileCounts {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
}
/** By the file's path from the root of the repository. */
export type Counts = Readonly<Record<string, FileCounts>>;

interface Instrumenter {
  instrumentSync(code: string, file: string): string;
  lastFileCoverage(): FileCounts;
}
type Instrument = { createInstrumenter(options: Readonly<Record<string, unknown>>): Instrumenter };

export const ROOT = resolve(import.meta.dirname, "../..");
/** Where counts are kept until they are added up, and the Worker that counts is put together. */
export const WORK = resolve(ROOT, "node_modules/.cache/coverage");

/** A Worker may make no code out of text, which is how the global object is found otherwise. */
const OPTIONS = { esModules: true, coverageGlobalScope: "globalThis", coverageGlobalScopeFunc: false };
const { createInstrumenter } = createRequire(import.meta.url)("istanbul-lib-instrument") as Instrument;
const instrumenter = createInstrumenter(OPTIONS);

/** Not tests, nor what only they use, nor what is generated, nor a proof's or a measurement's own Worker. */
const LEFT_OUT = /\.(?:test|fixture)\.ts$|\.d\.ts$|\/generated\/|^cloud\/(?:fakes|worker\/proof|worker\/measure)\//;

/** The path from the root, of a file that counts; else undefined. */
export function counted(file: string): string | undefined {
  const path = relative(ROOT, file).split(sep).join("/");
  return path.startsWith("cloud/") && path.endsWith(".ts") && !LEFT_OUT.test(path) ? path : undefined;
}

/** @param path from the root */
export function withCounters(path: string, source: string): { readonly code: string; readonly counts: FileCounts } {
  const code = instrumenter.instrumentSync(stripTypeScriptTypes(source), path);
  return { code, counts: instrumenter.lastFileCoverage() };
}
