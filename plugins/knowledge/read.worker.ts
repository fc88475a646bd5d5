import { readFile, stat } from "node:fs/promises";
import type { FileStamp, ReadDocument, SkippedFile } from "../../kernel/index.ts";
import { serve } from "../../pipeline/serve.ts";
import type { StopFlag } from "../../pipeline/stop-flag.ts";
import { parseBytes } from "./parse.ts";
import { UnreadableError } from "./parsed.ts";
import { openReading, type Reading, type ReadingOptions } from "./reading.ts";

/** What crosses to a reading thread. */
export interface ReadApi extends Record<string, (...args: never[]) => unknown> {
  read(files: readonly FileStamp[], maxBytes: number, options: ReadingOptions): Promise<(ReadDocument | (FileStamp & SkippedFile))[]>;
}

/** The settings stay the same for as long as the thread lives. */
let opened: Promise<Reading> | undefined;

export default serve<ReadApi>((stop) => ({
  async read(files, maxBytes, options) {
    opened ??= openReading(options);
    const reading = await opened;
    const results: (ReadDocument | (FileStamp & SkippedFile))[] = [];
    for (const file of files) results.push(await readOne(reading, file, maxBytes, stop));
    return results;
  },
}));

/** The size and time noted are those before reading, so that a change meanwhile is seen the next time. */
async function readOne(
  reading: Reading,
  file: FileStamp,
  maxBytes: number,
  stop: StopFlag,
): Promise<ReadDocument | (FileStamp & SkippedFile)> {
  stop.throwIfStopped();
  try {
    const { size, mtimeMs: modified } = await stat(file.path);
    if (size > maxBytes) return { ...file, reason: tooLarge(maxBytes) };
    const parsed = await parseBytes(reading, file.path, await readFile(file.path));
    return "reason" in parsed ? { ...file, size, modified, ...parsed } : { ...parsed, size, modified };
  } catch (error) {
    return { ...file, reason: faultOf(error) };
  }
}

function tooLarge(maxBytes: number): string {
  return `larger than ${Math.round(maxBytes / 1024 / 1024)} MB`;
}

function faultOf(error: unknown): string {
  if (error instanceof UnreadableError) return error.message;
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT") return "vanished while indexing";
  return typeof code === "string" ? `cannot be read (${code})` : "cannot be parsed";
}
