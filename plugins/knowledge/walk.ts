import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type FileStamp, type SkippedFile, SynesisError } from "../../kernel/index.ts";
import { type IgnoreRules, readIgnoreRules } from "./ignore-rules.ts";
import { VIRTUAL_REASON, virtualDevices } from "./virtual.ts";

export type Walked = FileStamp | (SkippedFile & { readonly folder: boolean });

/**
 * The files at or below `paths`, sorted, each once. Hidden files and folders and node_modules are left out silently, as is what
 * .gitignore and .synesisignore name; links that lead out or around, folders that cannot be read, and what the system makes up
 * (/proc) are reported. A file that is given itself is always taken.
 *
 * @throws SynesisError PATH_NOT_FOUND when a given path does not exist.
 */
export async function* walk(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Walked> {
  const roots = [...new Set(paths.map((path) => resolve(path)))].sort(compare);
  const seen = new Set<string>();
  const isVirtual = virtualDevices();
  for (const root of roots) {
    const found = walkGiven(root, isVirtual, signal);
    for await (const file of found) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      yield file;
    }
  }
}

async function* walkGiven(root: string, isVirtual: IsVirtual, signal: AbortSignal): AsyncGenerator<Walked> {
  const stats = statGiven(root);
  const folder = stats.isDirectory();
  if (isVirtual(root, stats.dev)) yield { path: root, reason: VIRTUAL_REASON, folder };
  else if (folder) yield* walkFolder(root, { root: realpathSync(root), isVirtual, signal }, []);
  else if (stats.isFile()) yield stamp(root, stats);
  else yield { path: root, reason: "not a regular file", folder: false };
}

function statGiven(root: string): Stats {
  try {
    return statSync(root);
  } catch (cause) {
    throw new SynesisError("PATH_NOT_FOUND", `(${root})`, { cause });
  }
}

type IsVirtual = ReturnType<typeof virtualDevices>;

interface Way {
  /** The given folder's real path. */
  readonly root: string;
  readonly isVirtual: IsVirtual;
  readonly signal: AbortSignal;
}

async function* walkFolder(folder: string, way: Way, above: readonly IgnoreRules[]): AsyncGenerator<Walked> {
  const { root, isVirtual, signal } = way;
  signal.throwIfAborted();
  await setImmediate(); // a large tree must not hold up the rest of the program
  const names = namesIn(folder);
  if (!Array.isArray(names)) return yield names;
  const rules = await readIgnoreRules(folder, names, above);
  for (const name of names.sort(compare)) {
    if (name.startsWith(".") || name === "node_modules") continue;
    const path = join(folder, name);
    const found = inspect(path, root);
    if (found === undefined) continue;
    const isFolder = "device" in found;
    if (ignored(rules, path, isFolder)) continue;
    if (!isFolder) yield found;
    else if (isVirtual(path, found.device)) yield { path, reason: VIRTUAL_REASON, folder: true };
    else yield* walkFolder(path, way, rules);
  }
}

function namesIn(folder: string): string[] | (SkippedFile & { readonly folder: true }) {
  try {
    return readdirSync(folder);
  } catch (error) {
    return { path: folder, reason: `folder cannot be read (${(error as { code?: string }).code ?? "unknown"})`, folder: true };
  }
}

/** What stands at a path: a folder, a file, something to report, or nothing of interest. */
function inspect(path: string, root: string): { readonly device: number } | Walked | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isDirectory()) return { device: stats.dev };
    if (stats.isFile()) return stamp(path, stats);
    return stats.isSymbolicLink() ? inspectLink(path, root) : { path, reason: "not a regular file", folder: false };
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Such a name reaches JavaScript with replacement characters, and then there is no such file.
    const reason = code === "ENOENT" && path.includes("\uFFFD") ? "file name is not valid UTF-8" : `cannot be read (${code ?? "unknown"})`;
    return { path, reason, folder: false };
  }
}

/** Links are never followed: what they lead to inside the root is found under its own name. */
function inspectLink(path: string, root: string): Walked | undefined {
  const skip = (reason: string) => ({ path, reason, folder: false });
  let target: string;
  try {
    target = realpathSync(path);
  } catch (error) {
    return skip((error as { code?: string }).code === "ELOOP" ? "link that leads to itself" : "link that leads nowhere");
  }
  if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) return skip("link that leads out of the given folder");
  const real = realpathSync(join(path, ".."));
  return real === target || real.startsWith(target + sep) ? skip("link that leads back to a folder above it") : undefined;
}

function ignored(rules: readonly IgnoreRules[], path: string, folder: boolean): boolean {
  for (const rule of rules.toReversed()) {
    const verdict = rule.test(path, folder);
    if (verdict !== undefined) return verdict;
  }
  return false;
}

function stamp(path: string, { size, mtimeMs }: Stats): FileStamp {
  return { path, size, modified: mtimeMs };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
