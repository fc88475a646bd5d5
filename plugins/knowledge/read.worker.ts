import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
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
    const { bytes, size, modified } = await readBounded(file.path, maxBytes);
    const parsed = await parseBytes(reading, file.path, bytes);
    return "reason" in parsed ? { ...file, size, modified, ...parsed } : { ...parsed, size, modified };
  } catch (error) {
    return { ...file, reason: faultOf(error) };
  }
}

/** A file's bytes, never more than `maxBytes`, whatever it says of its size. @throws UnreadableError */
async function readBounded(path: string, maxBytes: number): Promise<{ bytes: Buffer; size: number; modified: number }> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // it may have become a pipe, which would wait
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new UnreadableError("not a regular file");
    const { size, mtimeMs: modified } = stats;
    if (size > maxBytes) throw new UnreadableError(tooLarge(maxBytes));
    return { bytes: await readAll(handle, size, maxBytes), size, modified };
  } finally {
    await handle.close();
  }
}

/** One byte more than its size is asked for: what has more is growing, or has no end. */
async function readAll(handle: FileHandle, size: number, maxBytes: number): Promise<Buffer> {
  let bytes = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    if (length > maxBytes) throw new UnreadableError(tooLarge(maxBytes));
    if (length === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2 + 4096);
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
