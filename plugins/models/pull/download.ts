import { createHash } from "node:crypto";
import { constants, createReadStream, renameSync, statSync } from "node:fs";
import { copyFile, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { SynesisError } from "../../../kernel/index.ts";
import { gib } from "../fit.ts";
import { Fault } from "./fault.ts";
import { withLock } from "./lock.ts";
import { PartFile, removeParts } from "./part-file.ts";
import { probeRemote, type RemoteFile } from "./remote.ts";
import { type Transfer, transferPieces, transferWhole } from "./transfer.ts";

export interface DownloadRequest {
  /** https:, http: or file: */
  readonly url: string;
  /** Where the whole file goes; nothing appears there before it is whole and checked. */
  readonly file: string;
  /** Hex; what the hub says counts where this is absent. */
  readonly sha256?: string;
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { done: number; total: number | null }) => void;
  /** A last look at the whole file before it gets its name; throws when it is not what it should be. */
  readonly check?: (path: string) => void;
  /** For tests: the silence after which a connection is given up, and the first pause between attempts; in ms. */
  readonly idleMs?: number;
  readonly retryMs?: number;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
}

/** Times that a first look is tried. */
const ATTEMPTS = 5;
/** Times that a file may change while it is downloaded. */
const RESTARTS = 2;
/** Space that is left free on the disk. */
const SPARE = 64 * 1024 * 1024;

/**
 * Downloads a file, going on where an earlier attempt stopped.
 *
 * @throws SynesisError MODEL_DOWNLOAD_FAILED, MODEL_CHECKSUM_WRONG, MODEL_LOCKED, DISK_FULL, or what `check` throws
 */
export async function download(request: DownloadRequest): Promise<Downloaded> {
  return withLock(`${request.file}.lock`, async () => {
    const expected = request.url.startsWith("file:") ? await copyLocal(request) : await fetchRemote(request);
    return accept(request, request.sha256 ?? expected);
  });
}

/** Gives the checksum that the file should have, where one is known. */
async function fetchRemote(request: DownloadRequest): Promise<string | null> {
  for (let restarts = 0; ; restarts++) {
    try {
      const remote = await probeWithRetry(request);
      await fetchOnce(request, remote);
      return remote.sha256;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.kind === "changed") removeParts(request.file);
      if (error.kind !== "changed" || restarts >= RESTARTS)
        throw new SynesisError("MODEL_DOWNLOAD_FAILED", `Reason: ${error.message}.`, { cause: error });
    }
  }
}

async function probeWithRetry({ url, signal, retryMs = 500, idleMs = 30_000 }: DownloadRequest): Promise<RemoteFile> {
  for (let attempt = 1; ; attempt++) {
    const limit = AbortSignal.timeout(idleMs);
    try {
      return await probeRemote(url, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      const fault =
        error instanceof Fault ? error : new Fault("passing", limit.aborted ? "the server does not answer" : "the connection broke");
      if (fault.kind !== "passing" || attempt >= ATTEMPTS) throw fault;
      await new Promise((resolve) => setTimeout(resolve, retryMs * 2 ** attempt));
    }
  }
}

async function fetchOnce(request: DownloadRequest, { size, ranges, version }: RemoteFile): Promise<void> {
  const { url, file, connections, signal, idleMs = 30_000, retryMs = 500 } = request;
  let done = 0;
  const onBytes = (count: number) => {
    done += count;
    request.onProgress?.({ done, total: size });
  };
  const transfer: Transfer = { url, signal, idleMs, retryMs, onBytes };
  if (!ranges || size === null) {
    await requireSpace(file, size ?? 0);
    await transferWhole(`${file}.part`, size, transfer);
    return;
  }
  await requireSpace(file, size - allocated(`${file}.part`));
  const part = await PartFile.open(file, { size, version });
  try {
    onBytes(part.doneBytes);
    await transferPieces(part, { size, version }, connections, transfer);
  } finally {
    await part.close();
  }
}

async function copyLocal({ url, file, onProgress }: DownloadRequest): Promise<null> {
  try {
    const source = fileURLToPath(url);
    const { size } = statSync(source);
    await requireSpace(file, size);
    await copyFile(source, `${file}.part`, constants.COPYFILE_FICLONE);
    onProgress?.({ done: size, total: size });
    return null;
  } catch (error) {
    if (error instanceof SynesisError || (error as NodeJS.ErrnoException).code === "ENOSPC") throw error;
    throw new SynesisError(
      "MODEL_DOWNLOAD_FAILED",
      `The file could not be read (${(error as NodeJS.ErrnoException).code ?? "its address is wrong"}).`,
    );
  }
}

/** Checks the whole file, then gives it its name. One that is wrong is removed, so that the next attempt starts afresh. */
async function accept({ file, check }: DownloadRequest, expected: string | null): Promise<Downloaded> {
  const part = `${file}.part`;
  const sha256 = await hashFile(part);
  try {
    if (expected !== null && expected.toLowerCase() !== sha256) throw new SynesisError("MODEL_CHECKSUM_WRONG", `(SHA-256 ${sha256})`);
    check?.(part);
  } catch (error) {
    removeParts(file);
    throw error;
  }
  const { size } = statSync(part);
  renameSync(part, file);
  removeParts(file);
  return { bytes: size, sha256 };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(bytes as Buffer);
  return hash.digest("hex");
}

/** Bytes that a file takes on the disk, which are fewer than its size where it has holes. */
function allocated(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

async function requireSpace(file: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < bytes + SPARE) throw new SynesisError("DISK_FULL", `${gib(bytes)} are needed, ${gib(bavail * bsize)} are free.`);
}
