/** Brings bytes into a part file, over as many connections as are wanted, and tries again where that helps. */
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "./fault.ts";
import type { PartFile, Piece } from "./part-file.ts";
import { requestPiece, requestWhole } from "./remote.ts";

export interface Transfer {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Silence of a connection after which it is given up, in ms. */
  readonly idleMs: number;
  /** Wait before the first retry, in ms; doubles with each one. */
  readonly retryMs: number;
  /** Told each time bytes have arrived; negative when some have to come again. */
  onBytes(count: number): void;
}

/** Attempts without anything new between them. */
const ATTEMPTS = 5;
/** So many bytes are something new: a server that gives one byte a connection is not waited for. */
const PROGRESS = 16 * 1024;

/** Brings all missing pieces. The first fault that lasts stops every connection. */
export async function transferPieces(
  part: PartFile,
  of: { size: number; version: string | null },
  connections: number,
  transfer: Transfer,
): Promise<void> {
  const queue = part.missing();
  const stop = new AbortController();
  const signal = AbortSignal.any([transfer.signal, stop.signal]);
  const work = async () => {
    for (let piece = queue.shift(); piece; piece = queue.shift()) await transferPiece(part, piece, of, { ...transfer, signal });
  };
  const workers = Array.from({ length: connections }, () =>
    work().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  transfer.signal.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function transferPiece(
  part: PartFile,
  piece: Piece,
  of: { size: number; version: string | null },
  transfer: Transfer,
): Promise<void> {
  let at = piece.start;
  await retrying(transfer, async (signal, alive) => {
    const before = at;
    try {
      const body = await requestPiece(transfer.url, { start: at, end: piece.end, ...of }, signal);
      for await (const bytes of body) {
        alive();
        if (at + bytes.length > piece.end) throw new Fault("lasting", "the server gave more bytes than it said");
        await part.write(bytes, at);
        at += bytes.length;
        transfer.onBytes(bytes.length);
      }
      if (at < piece.end) throw new Fault("passing", "the connection ended early");
    } catch (error) {
      throw Object.assign(asFault(error, transfer.signal), { progressed: at - before >= PROGRESS });
    }
  });
  await part.complete(piece);
}

/** From a server that serves no pieces: all in one go, from the start at each attempt. Gives the bytes that came. */
export async function transferWhole(path: string, size: number | null, transfer: Transfer): Promise<number> {
  let total = 0;
  await retrying(transfer, async (signal, alive) => {
    const handle = await open(path, "w", 0o600);
    try {
      transfer.onBytes(-total);
      total = 0;
      for await (const bytes of await requestWhole(transfer.url, signal)) {
        alive();
        await handle.writeFile(bytes);
        total += bytes.length;
        transfer.onBytes(bytes.length);
      }
      if (size !== null && total !== size) throw new Fault("passing", `${total} bytes came, ${size} were announced`);
      await handle.datasync();
    } catch (error) {
      throw asFault(error, transfer.signal);
    } finally {
      await handle.close();
    }
  });
  return total;
}

/** Repeats an attempt that fails for a passing reason, with growing pauses. */
async function retrying(transfer: Transfer, attempt: (signal: AbortSignal, alive: () => void) => Promise<void>): Promise<void> {
  for (let failed = 0; ; ) {
    const idle = new AbortController();
    const timer = setTimeout(() => idle.abort(new Fault("passing", "the server fell silent")), transfer.idleMs);
    try {
      return await attempt(AbortSignal.any([transfer.signal, idle.signal]), () => timer.refresh());
    } catch (error) {
      transfer.signal.throwIfAborted();
      const fault = error as Fault & { progressed?: boolean };
      failed = fault.progressed ? 1 : failed + 1;
      if (fault.kind !== "passing" || failed >= ATTEMPTS) throw fault;
    } finally {
      clearTimeout(timer);
    }
    await sleep(transfer.retryMs * 2 ** (failed - 1), undefined, { signal: transfer.signal });
  }
}

/** What the network throws is passing; what the disk throws is not a fault of the download at all. */
function asFault(error: unknown, signal: AbortSignal): Error {
  if (error instanceof Fault || signal.aborted) return error as Error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined && /^E(?:NOSPC|DQUOT|IO|ROFS|ACCES|BADF)$/.test(code)) return error as Error;
  return new Fault("passing", "the connection broke");
}
