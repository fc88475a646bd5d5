/**
 * Works through a file of JSON lines: bounded concurrency, one line out for each line in, nothing held but what is in
 * hand. A run that was stopped, even by a kill, goes on where its output ends.
 */

import { once } from "node:events";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { open, stat, truncate } from "node:fs/promises";
import { createInterface } from "node:readline";
import { SynesisError } from "../kernel/index.ts";

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
  readonly onProgress?: (progress: BatchProgress) => void;
}

export interface BatchProgress {
  readonly done: number;
  readonly failed: number;
  /** Lines that an earlier run had finished. */
  readonly skipped: number;
}

/** A line longer than this is refused rather than held, in characters. */
const MAX_LINE = 64 * 1024 * 1024;

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
  const finished = await finishedIds(options);
  const output = openOutput(options);
  const progress = { done: 0, failed: 0, skipped: 0 };
  const inHand = new Set<Promise<void>>();
  const seen = new Set<string>();
  const faults: unknown[] = [];

  const handle = async (text: string, number: number) => {
    const line = parseLine(text, number, seen);
    const key = "error" in line ? `line:${number}` : `id:${line.id}`;
    if (finished.has(key)) {
      progress.skipped++;
      return;
    }
    const row = "error" in line ? { id: null, line: number, ...line } : await answer(line, work, options.signal);
    if (options.signal.aborted) return;
    await output.write(`${JSON.stringify(row)}\n`);
    progress.done++;
    if ("error" in row) progress.failed++;
    options.onProgress?.(progress);
  };

  try {
    for await (const { text, number } of readLines(options.input)) {
      if (options.signal.aborted || faults.length > 0) break;
      const task = handle(text, number)
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

function parseLine(text: string, number: number, seen: Set<string>): BatchLine | { error: { code: string; message: string } } {
  const refuse = (why: string) => ({ error: { code: "BATCH_LINE_INVALID", message: `Line ${number}: ${why}.` } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse("not a JSON object");
  const { id } = value as { id?: unknown };
  if (typeof id !== "string" && typeof id !== "number") return refuse("it has no id");
  if (seen.has(String(id))) return refuse(`the id ${JSON.stringify(id).slice(0, 80)} was used before`);
  seen.add(String(id));
  return { ...value, id };
}

async function* readLines(input: string): AsyncGenerator<{ text: string; number: number }> {
  const stream = input === "-" ? process.stdin : createReadStream(input);
  try {
    if (input !== "-") await once(stream, "open");
    let number = 0;
    for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (text.length > MAX_LINE) throw new SynesisError("INPUT_TOO_LARGE", `Line ${number} of the batch.`);
      if (text.trim()) yield { text: number === 1 ? text.replace(/^\uFEFF/, "") : text, number };
    }
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    throw new SynesisError("INPUT_NOT_FOUND", `(${input})`, { cause: error });
  }
}

/** The ids an earlier run has written; its last line is cut off if it was not finished. */
async function finishedIds({ output, resume }: BatchOptions): Promise<Set<string>> {
  const ids = new Set<string>();
  if (output === undefined) return ids;
  const size = await stat(output).then(
    ({ size }) => size,
    () => 0,
  );
  if (size === 0) return ids;
  if (!resume) throw new SynesisError("OUTPUT_EXISTS", `(${output})`);
  await cutUnfinishedLine(output, size);
  for await (const { text } of readLines(output)) {
    const { id, line } = JSON.parse(text) as { id: unknown; line?: unknown };
    ids.add(id === null ? `line:${String(line)}` : `id:${String(id)}`);
  }
  return ids;
}

async function cutUnfinishedLine(file: string, size: number): Promise<void> {
  const handle = await open(file, "r");
  try {
    const block = Buffer.alloc(64 * 1024);
    let end = size;
    while (end > 0) {
      const from = Math.max(0, end - block.length);
      const { bytesRead } = await handle.read(block, 0, end - from, from);
      const newline = block.subarray(0, bytesRead).lastIndexOf(10);
      if (newline >= 0) {
        end = from + newline + 1;
        break;
      }
      end = from;
    }
    if (end < size) await truncate(file, end);
  } finally {
    await handle.close();
  }
}

function openOutput({ output }: BatchOptions): { write(line: string): Promise<void>; close(): Promise<void> } {
  if (output === undefined) return { write: (line) => writeTo(process.stdout, line), close: async () => {} };
  const stream = createWriteStream(output, { flags: "a", mode: 0o600 });
  const failure = once(stream, "error").then(([error]) => Promise.reject(outputFault(error, output)));
  failure.catch(() => {});
  return {
    write: (line) => Promise.race([writeTo(stream, line), failure]),
    close: () => Promise.race([new Promise<void>((resolve) => stream.end(resolve)), failure]),
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
