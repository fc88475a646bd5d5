import { statfsSync } from "node:fs";

/** Where Linux keeps files in memory. */
const MEMORY = "/dev/shm";
/** Adapters that are pushed in tests and benchmarks fit; ample. */
const LEAST_BYTES = 2 * 1024 ** 3;

/**
 * Has a platform that is started by `start` keep its stores in memory where there is room: workerd waits for the disk at
 * each write, in the thread that does all else, and a cloud that keeps nothing gains nothing by it.
 */
export async function withStoresInMemory<T>(start: () => Promise<T>): Promise<T> {
  const before = process.env["TMPDIR"];
  if (hasRoom()) process.env["TMPDIR"] = MEMORY;
  try {
    return await start();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= LEAST_BYTES;
  } catch {
    return false; // another system
  }
}
