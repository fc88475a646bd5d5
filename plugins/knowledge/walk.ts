import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type FileStamp, type SkippedFile, SynesisError } from "../../kernel/index.ts";
import { type IgnoreRules, readIgnoreRules } from "./ignore-rules.ts";

export type Walked = FileStamp | (SkippedFile & { readonly folder: boolean });

/**
 * The files at or below `paths`, sorted, each once. Hidden files and folders and node_modules are left out silently, as is what
 * .gitignore and .synesisignore name; links that lead out or around, and folders that cannot be read, are reported. A path
 * that is given itself is always taken.
 *
 * @throws SynesisError PATH_NOT_FOUND when a given path does not exist.
 */
export async function* walk(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Walked> {
  const roots = [...new Set(paths.map((path) => resolve(path)))].sort(compare);
  const seen = new Set<string>();
  for (const root of roots) {
    const stats = statGiven(root);
    const found = stats.isDirectory() ? walkFolder(root, realpathSync(root), [], signal) : [stamp(root, stats)];
    for await (const file of found) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      yield file;
    }
  }
}

function statGiven(root: string): Stats {
  try {
    return statSync(root);
  } catch (cause) {
    throw new SynesisError("PATH_NOT_FOUND", `(${root})`, { cause });
  }
}

async function* walkFolder(folder: string, root: string, above: readonly IgnoreRules[], signal: AbortSignal): AsyncGenerator<Walked> {
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
    const isFolder = found === "folder";
    if (ignored(rules, path, isFolder)) continue;
    if (isFolder) yield* walkFolder(path, root, rules, signal);
    else yield found;
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
function inspect(path: string, root: string): "folder" | Walked | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isDirectory()) return "folder";
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
