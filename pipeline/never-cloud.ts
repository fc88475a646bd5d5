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
  const names = paths.map(plain);
  return rules.map(expression).some((rule) => names.some((name) => rule.test(name)));
}

/** One letter case, one form of Unicode, one separator, none twice and none at the end. */
function plain(path: string): string {
  const even = path
    .normalize("NFC")
    .toLowerCase()
    .normalize("NFC")
    .replaceAll(/[\\/]+/g, "/");
  return even.length > 1 ? even.replace(/\/$/, "") : even;
}

const WILDCARDS: Readonly<Record<string, string>> = { "*": "[^/]*", "?": "[^/]", "**": ".*", "/**/": "/(?:.*/)?" };

function expression(rule: string): RegExp {
  const text = plain(rule);
  const body = text.replaceAll(/\/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (found) => WILDCARDS[found] ?? `\\${found}`);
  const anchored = text.startsWith("/") || /^[a-z]:/.test(text);
  return new RegExp(`${anchored ? "^" : "(?:^|/)"}${body}${text === "/" ? "" : "(?:/|$)"}`, "s");
}

/** The user's rules, applied to documents as they lie on this machine now. */
export class NeverCloud {
  readonly #rules: readonly string[];

  /** @param rules without faults. */
  constructor(rules: readonly string[]) {
    const given = rules.map((rule) => (/^~(?:[\\/]|$)/.test(rule) ? join(homedir(), rule.slice(1)) : rule));
    this.#rules = [...new Set(given.flatMap((rule) => [rule, (isAbsolute(rule) ? realPath(rule) : undefined) ?? rule]))];
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
