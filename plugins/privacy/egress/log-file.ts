/** The file of the egress log: lines are added at its end, and what a broken-off write left there is moved away. */
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { type EgressEntry, type Head, headOf, parseEntry, START } from "./entry.ts";

/** Bytes that are read at once when looking for the last line. */
const TAIL = 1 << 16;
const LINE_FEED = 10;

/** Opens the file for `work`, creating it for this user alone, and flushes it to the disk. */
export function withLogFile<T>(file: string, work: (descriptor: number) => T): T {
  const descriptor = openSync(file, "a+", 0o600);
  try {
    const result = work(descriptor);
    fsyncSync(descriptor);
    return result;
  } finally {
    closeSync(descriptor);
  }
}

/** All of it or an error: a write may take a part only. */
export function addLine(descriptor: number, entry: EgressEntry): void {
  const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/**
 * Makes the file end with a whole line again. A process that ended while it wrote leaves a part of a line: nothing of it
 * was acknowledged, and it is kept in `aside`. Where only the line feed is missing, that is added.
 */
export function mendEnd(descriptor: number, aside: string): void {
  const torn = lineBefore(descriptor, fstatSync(descriptor).size);
  if (torn.length === 0) return;
  if (parseEntry(torn.toString("utf8"))) {
    writeSync(descriptor, "\n");
    return;
  }
  withLogFile(aside, (evidence) => writeSync(evidence, Buffer.concat([torn, Buffer.from("\n")])));
  ftruncateSync(descriptor, fstatSync(descriptor).size - torn.length);
}

/** How far the file goes by its last line; undefined when that is damaged. The file ends with a whole line. */
export function headIn(descriptor: number): Head | undefined {
  const size = fstatSync(descriptor).size;
  if (size === 0) return START;
  const entry = parseEntry(lineBefore(descriptor, size - 1).toString("utf8"));
  return entry && headOf(entry);
}

/** The bytes behind the last line feed before `end`. */
function lineBefore(descriptor: number, end: number): Buffer {
  for (let length = TAIL; ; length *= 2) {
    const from = Math.max(0, end - length);
    const bytes = Buffer.alloc(end - from);
    readSync(descriptor, bytes, 0, bytes.length, from);
    const at = bytes.lastIndexOf(LINE_FEED);
    if (at >= 0 || from === 0) return bytes.subarray(at + 1);
  }
}

/** What a file holds: the entries up to the first line that does not fit, if there is one, and a torn end. */
export interface ReadChain {
  readonly entries: readonly EgressEntry[];
  /** From 1; absent when every line fits the one before. */
  readonly brokenAt?: number;
  /** Bytes behind the last whole line. */
  readonly torn: number;
}

export function readChain(file: string): ReadChain {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [""];
  const last = lines.pop() ?? "";
  if (parseEntry(last)) lines.push(last);
  const torn = parseEntry(last) ? 0 : Buffer.byteLength(last);
  const entries: EgressEntry[] = [];
  let before = START;
  for (const [i, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (!entry || entry.previous !== before.hash || entry.sequence !== i + 1) return { entries, brokenAt: i + 1, torn };
    entries.push(entry);
    before = headOf(entry);
  }
  return { entries, torn };
}
