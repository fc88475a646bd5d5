/**
 * Which documents may never be part of what is sent to a cloud model. A rule is written as users know it:
 *
 * - an absolute path, or one that begins with `~/`: that file, or that folder with all that is below it;
 * - anything else: a name, or names with `/` between, wherever they stand in a path (`private`, `clients/acme`, `*.key`).
 *
 * `*` stands for anything within a name, `?` for one character, `**` for names in between. Letter case and the form of
 * Unicode never matter: to withhold too much is the safe side.
 */
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** What is wrong with a rule as it was typed; undefined when nothing is. */
export function ruleFault(rule: string): string | undefined {
  if (rule.replaceAll(/[\\/\s]/g, "") === "" && rule.trim() !== "/") return "it must name something";
  if (rule.startsWith("!")) return "it cannot be an exception";
  if (/(?:^|[\\/])\.{1,2}(?:[\\/]|$)/.test(rule)) return "it must be an absolute path or a name, without . and ..";
  return undefined;
}

/**
 * Whether one of `paths` (the names of one document) is a path that one of `rules` names, or lies below one.
 *
 * @param paths absolute, or the id of a text that is not a file.
 * @param rules without faults; `~` already replaced.
 */
export function isCovered(paths: readonly string[], rules: readonly string[]): boolean {
  const names = paths.map((path) => plain(path).split("/"));
  return rules.some((rule) => names.some((name) => covers(plain(rule), name)));
}

/** One letter case, one form of Unicode, one separator, none twice and none at the end. */
function plain(path: string): string {
  const even = path
    .normalize("NFC")
    .toLowerCase()
    .normalize("NFC")
    .replaceAll(/[\\/]+/g, "/");
  return even.replace(/\/$/, "");
}

/**
 * Whether a rule is the beginning of a path's names, or, where it is not a whole path, stands anywhere among them. Looks
 * at each part of the rule with each name at most once: whatever a rule holds, time is linear in both.
 */
function covers(rule: string, names: readonly string[]): boolean {
  const anchored = rule === "" || rule.startsWith("/") || /^[a-z]:/.test(rule);
  let reached = new Set(anchored ? [0] : names.keys());
  for (const part of rule.split("/")) {
    if (part === "**") {
      const first = Math.min(...reached);
      reached = new Set(Array.from({ length: names.length - first }, (_, i) => first + i));
    } else reached = new Set([...reached].filter((at) => at < names.length && isLike(names[at] as string, part)).map((at) => at + 1));
    if (reached.size === 0) return false;
  }
  return true;
}

/** Whether a name is like a part of a rule: `*` stands for any letters, `?` for one. Goes back to the last star only. */
function isLike(name: string, part: string): boolean {
  let [at, star, from] = [0, -1, 0];
  let i = 0;
  while (i < name.length) {
    if (part[at] === "*") {
      star = at++;
      from = i;
    } else if (at < part.length && (part[at] === "?" || part[at] === name[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++from;
    } else return false;
  }
  while (part[at] === "*") at++;
  return at === part.length;
}

/** The user's rules, applied to documents as they lie on this machine now. */
export class NeverCloud {
  readonly #rules: readonly string[];

  /** @param rules without faults. */
  constructor(rules: readonly string[]) {
    const given = rules.map((rule) => (/^~(?:[\\/]|$)/.test(rule) ? join(homedir(), rule.slice(1)) : rule));
    this.#rules = [...new Set(given.flatMap((rule) => [rule, (isAbsolute(rule) ? realPath(rule) : undefined) ?? rule]))];
  }

  /** Whether there are no rules: then nothing is withheld. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * Whether a document's text must stay here: under the name by which it was indexed, or the one to which links lead.
   * A file that is no longer there may have been moved to where a rule holds: with any rule, its text stays too.
   */
  withholds(path: string): boolean {
    if (this.#rules.length === 0) return false;
    if (!isAbsolute(path)) return isCovered([path], this.#rules);
    const real = realPath(path);
    return real === undefined || isCovered([path, real], this.#rules);
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
