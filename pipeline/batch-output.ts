/** What an earlier run of a batch has written: which lines are finished, and how to go on behind the last of them. */
import { createWriteStream } from "node:fs";
import { open, rename, stat, truncate } from "node:fs/promises";
import { SynesisError } from "../kernel/index.ts";
import { readLines } from "./json-lines.ts";

/**
 * The ids that need no work any more. A line that was cut off by a kill is dropped from the output; lines that ended in
 * an error are dropped too, and so are tried again.
 *
 * @throws SynesisError OUTPUT_EXISTS without `resume`; OUTPUT_UNUSABLE when the file is not the output of a batch.
 */
export async function finishedIds(output: string, resume: boolean): Promise<Set<unknown>> {
  const found = await stat(output).catch(() => undefined);
  if (!found || found.size === 0) return new Set();
  if (!found.isFile()) throw new SynesisError("OUTPUT_UNUSABLE", `(${output}) It is not a file.`);
  if (!resume) throw new SynesisError("OUTPUT_EXISTS", `(${output})`);
  await cutUnfinishedLine(output, found.size);
  const ids = new Set<unknown>();
  let failed = 0;
  for await (const { text } of readLines(output)) {
    const row = parseRow(text, output);
    if ("error" in row) failed++;
    else ids.add(row.id);
  }
  if (failed > 0) await dropFailedLines(output);
  return ids;
}

/** A row of a batch's output has an id and something besides it that no input line has. */
function parseRow(text: string | undefined, output: string): { readonly id: unknown; readonly error?: unknown } {
  try {
    const row: unknown = JSON.parse(text ?? "");
    if (typeof row === "object" && row !== null && "id" in row && RESULTS.some((field) => field in row)) return row;
  } catch {}
  throw new SynesisError("OUTPUT_UNUSABLE", `(${output}) It holds lines that no batch has written.`, { next: "Give another --out." });
}

/** Each kind of batch writes one of these in every line. */
const RESULTS = ["outcome", "results", "entities", "status", "error"];

async function dropFailedLines(output: string): Promise<void> {
  const draft = `${output}.${process.pid}.tmp`;
  const stream = createWriteStream(draft, { mode: 0o600 });
  for await (const { text = "" } of readLines(output)) if (!("error" in parseRow(text, output))) stream.write(`${text}\n`);
  await new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    stream.end(resolve);
  });
  await rename(draft, output);
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
