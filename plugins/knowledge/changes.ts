import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

export interface ChangesOptions {
  /** How long nothing must happen before a burst of changes counts as over, ms. */
  readonly quietMs?: number;
  /** Once in so many ms there is a look in any case: no system reports every change. */
  readonly everyMs?: number;
  /** Whole paths whose changes do not count: indexing writes there itself. */
  readonly except?: readonly string[];
}

const RULES = new Set([".gitignore", ".synesisignore"]);

/**
 * Yields at once, and then whenever something at or below `paths` has changed and is quiet again, until the signal
 * aborts. It says that, not what, has changed: an indexing run finds out by itself, and so renames, bursts, deletions
 * and whatever happened before the start are all the same to it.
 */
export async function* changes(paths: readonly string[], signal: AbortSignal, options: ChangesOptions = {}): AsyncGenerator<void> {
  const { quietMs = 300, everyMs = 60_000, except = [] } = options;
  let changedAt: number | undefined;
  let wake = () => {};
  const onChange = () => {
    changedAt = Date.now();
    wake();
  };
  signal.addEventListener("abort", () => wake(), { once: true });
  const watchers = paths.flatMap((path) => watchOne(path, except, onChange));
  try {
    for (;;) {
      if (signal.aborted) return;
      changedAt = undefined;
      yield;
      const until = Date.now() + everyMs;
      while (!signal.aborted && !isOver(changedAt, quietMs) && Date.now() < until) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, Math.min(until - Date.now(), changedAt === undefined ? everyMs : quietMs));
        await promise;
        clearTimeout(timer);
      }
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

function isOver(changedAt: number | undefined, quietMs: number): boolean {
  return changedAt !== undefined && Date.now() - changedAt >= quietMs;
}

/** A folder with all below it; a file by way of its folder, since editors replace files. None when it cannot be watched. */
function watchOne(path: string, except: readonly string[], onChange: () => void): FSWatcher[] {
  try {
    const isFolder = statSync(path).isDirectory();
    const watcher = watch(isFolder ? path : dirname(path), { recursive: isFolder }, (_, name) => {
      const changed = join(path, name ?? "");
      if (except.some((own) => changed === own || changed.startsWith(own + sep))) return;
      if (isFolder ? isOfInterest(name) : name === basename(path)) onChange();
    });
    watcher.on("error", () => watcher.close()); // the look in any case goes on
    return [watcher];
  } catch {
    return [];
  }
}

/** Changes in hidden folders and node_modules come by the thousand and are not indexed. */
function isOfInterest(name: string | null): boolean {
  return name === null || name.split(sep).every((part) => RULES.has(part) || !(part.startsWith(".") || part === "node_modules"));
}
