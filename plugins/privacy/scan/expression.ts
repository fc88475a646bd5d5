/** The regular expression of a pattern, bound to a place. It is compiled when first tried: most never are in a short run. */
import type { Pattern } from "../patterns/pattern.ts";

export class Expression {
  readonly #pattern: string;
  readonly #flags: string;
  #sticky: RegExp | undefined;
  /** The same with the places of groups, which cost more; run after a match only. */
  #located: RegExp | undefined;
  /** The numbers of the groups that may hold the value. */
  #valueGroups: readonly number[] = [];
  /** Whether the value ends where the match does, so that its length tells where it begins. */
  #valueLast = false;

  constructor({ pattern, flags = "" }: Pattern) {
    this.#pattern = pattern;
    this.#flags = flags;
  }

  /** Where the value of the last match begins and ends, and one behind the match. */
  start = 0;
  end = 0;
  matchEnd = 0;

  /**
   * Whether it matches at `from`.
   *
   * @throws SyntaxError when the expression or its flags are not valid.
   */
  matches(text: string, from: number): boolean {
    const sticky = this.#sticky ?? this.#compile();
    sticky.lastIndex = from;
    this.start = from;
    if (this.#valueLast) {
      const match = sticky.exec(text);
      if (match === null) return false;
      this.start = sticky.lastIndex - this.#valueOf(match).length;
    } else if (!sticky.test(text)) return false;
    this.matchEnd = sticky.lastIndex;
    this.end = this.matchEnd;
    if (this.#located && !this.#valueLast) [this.start, this.end] = valuePlace(this.#located, text, from, this.matchEnd);
    return true;
  }

  #compile(): RegExp {
    const pattern = this.#pattern;
    this.#valueGroups = valueGroups(pattern);
    this.#located = pattern.includes("(?<value>") ? new RegExp(pattern, `dy${this.#flags}`) : undefined;
    this.#valueLast = this.#located !== undefined && endsWithValue(pattern);
    this.#sticky = new RegExp(unnamed(pattern), `y${this.#flags}`);
    return this.#sticky;
  }

  #valueOf(match: RegExpExecArray): string {
    for (const group of this.#valueGroups) if (match[group] !== undefined) return match[group];
    return "";
  }
}

/** The pattern without names of groups, which would have an object made for every match. */
function unnamed(pattern: string): string {
  return pattern.includes("\\k<") ? pattern : pattern.replaceAll("(?<value>", "(");
}

/** The numbers of the groups called `value`. */
function valueGroups(pattern: string): number[] {
  const bare = pattern.replace(/\\./gs, "").replace(/\[[^\]]*\]/g, "");
  const groups = bare.match(/\((?!\?)|\(\?<(?![=!])[^>]*>/g) ?? [];
  return groups.flatMap((group, i) => (group === "(?<value>" ? [i + 1] : []));
}

function valuePlace(located: RegExp, text: string, from: number, matchEnd: number): readonly [number, number] {
  located.lastIndex = from;
  return located.exec(text)?.indices?.groups?.["value"] ?? [from, matchEnd];
}

/** Whether nothing but conditions on what follows stands behind each group `value`, up to the end or the next alternative. */
function endsWithValue(pattern: string): boolean {
  const tails = pattern.split("(?<value>").slice(1);
  return tails.every((tail, i) => {
    const bare = tail.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "c");
    let depth = 1;
    let at = 0;
    for (; at < bare.length && depth > 0; at++) depth += bare[at] === "(" ? 1 : bare[at] === ")" ? -1 : 0;
    const rest = bare.slice(at).replace(/^(?:\(\?[=!](?:[^()]|\([^()]*\))*\))*/, "");
    return i === tails.length - 1 ? /^\)*$/.test(rest) : rest.startsWith("|");
  });
}
