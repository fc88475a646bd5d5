/**
 * Works through a file of JSON lines: bounded concurrency, one line out for each line in, nothing held but what is in
 * hand. A run that was stopped, even by a kill, goes on where its output ends.
 */

import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { resolve } from "node:path";
import { SynesisError } from "../kernel/index.ts";
import { finishedIds } from "./batch-output.ts";
import { readLines, type TextLine } from "./json-lines.ts";

/** One line of the input, parsed; `id` names it in the output. */
export interface BatchLine {
  readonly id: string | number;
  readonly [field: string]: unknown;
}

export interface BatchOptions {
  /** A file, or "-" for standard input. */
  readonly input: string;
  /** A file; standard output when absent. */
  readonly output?: string;
  readonly concurrency: number;
  /** Continue an output that is there already. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** Hides secrets in what the error of a line says. */
  readonly conceal: (text: string) => Promise<string>;
  readonly onProgress?: (progress: BatchProgress) => void;
}

export interface BatchProgress {
  readonly done: number;
  readonly failed: number;
  /** Lines that an earlier run had finished. */
  readonly skipped: number;
}

/**
 * Calls `work` for every line of the input that has no line in the output yet, and writes what it gives, or the error
 * it throws, beside the line's id.
 *
 * @throws SynesisError OUTPUT_EXISTS, INPUT_NOT_FOUND, INTERRUPTED; single lines fail on their own.
 */
export async function runBatch(
  options: BatchOptions,
  work: (line: BatchLine, signal: AbortSignal) => Promise<object>,
): Promise<BatchProgress> {
  if (options.output !== undefined && resolve(options.output) === resolve(options.input))
    throw new SynesisError("USAGE", "The output is the input.", { next: "Give another --out." });
  const finished = options.output === undefined ? new Set() : await finishedIds(options.output, options.resume);
  const output = openOutput(options);
  const progress = { done: 0, failed: 0, skipped: 0 };
  const inHand = new Set<Promise<void>>();
  const seen = new Set<string>();
  const faults: unknown[] = [];

  const handle = async ({ text, number }: TextLine) => {
    const line = parseLine(text, number, seen);
    if (!("error" in line) && finished.has(line.id)) {
      progress.skipped++;
      return;
    }
    const row = "error" in line ? { id: null, line: number, ...line } : await answer(line, work, options.signal);
    if (options.signal.aborted) return;
    const error = "error" in row ? await withoutSecrets(row.error as LineError, options.conceal) : undefined;
    await output.write(`${JSON.stringify(error ? { ...row, error } : row)}\n`);
    progress.done++;
    if (error) progress.failed++;
    options.onProgress?.(progress);
  };

  try {
    for await (const line of readLines(options.input)) {
      if (options.signal.aborted || faults.length > 0) break;
      const task = handle(line)
        .catch((fault: unknown) => void faults.push(fault))
        .finally(() => inHand.delete(task));
      inHand.add(task);
      if (inHand.size >= options.concurrency) await Promise.race(inHand);
    }
  } finally {
    await Promise.all(inHand);
    await output.close();
  }
  if (faults.length > 0) throw faults[0];
  if (options.signal.aborted)
    throw new SynesisError(
      "INTERRUPTED",
      undefined,
      options.output ? { next: "Run it again with --resume; finished lines are kept." } : {},
    );
  return progress;
}

interface LineError {
  readonly code: string;
  readonly message: string;
}

async function withoutSecrets({ code, message }: LineError, conceal: BatchOptions["conceal"]): Promise<LineError> {
  return { code, message: await conceal(message) };
}

async function answer(
  line: BatchLine,
  work: (line: BatchLine, signal: AbortSignal) => Promise<object>,
  signal: AbortSignal,
): Promise<object> {
  try {
    return { ...(await work(line, signal)), id: line.id };
  } catch (error) {
    if (!(error instanceof SynesisError))
      return { id: line.id, error: { code: "INTERNAL", message: new SynesisError("INTERNAL").message } };
    return { id: line.id, error: { code: error.code, message: error.message } };
  }
}

function parseLine(text: string | undefined, number: number, seen: Set<string>): BatchLine | { error: LineError } {
  const refuse = (why: string) => ({ error: { code: "BATCH_LINE_INVALID", message: `Line ${number}: ${why}.` } });
  if (text === undefined) return refuse("not valid UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse("not a JSON object");
  const { id } = value as { id?: unknown };
  if (typeof id !== "string" && !Number.isSafeInteger(id)) return refuse("its id is not a text or a whole number below 2^53");
  const given = id as string | number;
  if (seen.has(String(given))) return refuse(`the id ${JSON.stringify(given).slice(0, 80)} was used before`);
  seen.add(String(given));
  return { ...value, id: given };
}

function openOutput({ output }: BatchOptions): { write(line: string): Promise<void>; close(): Promise<void> } {
  if (output === undefined) return { write: (line) => writeTo(process.stdout, line), close: async () => {} };
  const stream = createWriteStream(output, { flags: "a", mode: 0o600 });
  const failure = once(stream, "error").then(([error]) => Promise.reject(outputFault(error, output)));
  failure.catch(() => {});
  return {
    write: (line) => Promise.race([writeTo(stream, line), failure]),
    close: () => Promise.race([new Promise<void>((done) => stream.end(done)), failure]),
  };
}

function outputFault(error: NodeJS.ErrnoException, output: string): SynesisError {
  return new SynesisError(error.code === "ENOSPC" ? "DISK_FULL" : "OUTPUT_UNUSABLE", `(${output})`, { cause: error });
}

/** Writes and waits until the line was handed to the system: what counts as finished must survive this process. */
function writeTo(stream: WriteStream | NodeJS.WriteStream, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(line, (error) => (error ? reject(error) : resolve()));
  });
}
