/** One pattern, ready to be tried at a place. */
import type { Span } from "../../../kernel/index.ts";
import { CHECKS } from "../patterns/checks.ts";
import type { Pattern } from "../patterns/pattern.ts";
import { MAX_BACK } from "./contexts.ts";
import { type Gate, gateOf } from "./gates.ts";

export class Detector {
  readonly anchors: readonly string[];
  readonly ignoreCase: boolean;
  readonly digits: readonly [min: number, max: number] | undefined;
  readonly gate: Gate | undefined;
  readonly before: string | undefined;
  readonly contextWords: readonly string[];
  /** The number of its context words among those of the scanner; -1 for none. */
  context = -1;
  readonly #entry: Pattern;
  readonly #sticky: RegExp;
  /** The same with the places of groups, which cost more; run after a match only. */
  readonly #located: RegExp | undefined;
  /** The numbers of the groups that may hold the value. */
  readonly #valueGroups: readonly number[];
  /** Whether the value ends where the match does, so that its length tells where it begins. */
  readonly #valueLast: boolean;
  readonly #anywhere: RegExp;
  readonly #context: RegExp | undefined;
  readonly #back: Uint8Array | undefined;
  #text = 0;
  #done = 0;

  /** @throws SyntaxError when the expression or its flags are not valid. */
  constructor(entry: Pattern) {
    const { anchor, pattern, flags = "", back, digits, context } = entry;
    this.#entry = entry;
    this.gate = gateOf(entry);
    this.before = entry.before;
    this.contextWords = context ?? [];
    this.ignoreCase = flags.includes("i");
    this.anchors = typeof anchor === "object" ? anchor : [];
    this.digits = anchor === "digits" ? (digits ?? [1, Number.POSITIVE_INFINITY]) : undefined;
    this.#valueGroups = valueGroups(pattern);
    this.#sticky = new RegExp(unnamed(pattern), `y${flags}`);
    this.#located = pattern.includes("(?<value>") ? new RegExp(pattern, `dy${flags}`) : undefined;
    this.#valueLast = this.#located !== undefined && endsWithValue(pattern);
    this.#context = context === undefined ? undefined : new RegExp(context.map(escaped).join("|"), "i");
    this.#anywhere = new RegExp(pattern, `g${flags}`);
    this.#back = back === undefined ? undefined : backTable(back);
  }

  /** Whether a match may begin before the anchor, which then may stand inside a word. */
  get reachesBack(): boolean {
    return this.#back !== undefined;
  }

  /** Whether to try where a run of `run` digits begins with a group of `group`. */
  takesRun(run: number, group: number, separator: string): boolean {
    const [min, max] = this.digits ?? [1, 0];
    const { first = [1, Number.POSITIVE_INFINITY], separators } = this.#entry;
    const within = (count: number, allowed: string) => count >= min && count <= max && (separators?.includes(allowed as "") ?? true);
    return group >= first[0] && group <= first[1] && (within(run, separator) || within(group, ""));
  }

  /** @param id another number for every text, so that what was found before is of this text. */
  tryAt(text: string, id: number, at: number, spans: Span[]): void {
    if (this.#text !== id) {
      this.#text = id;
      this.#done = 0;
    }
    if (at < this.#done) return;
    let from = at;
    const back = this.#back;
    if (back !== undefined) {
      const stop = Math.max(this.#done, at - MAX_BACK);
      while (from > stop && takes(back, text.charCodeAt(from - 1))) from--;
    }
    const end = this.#matchAt(text, from, spans);
    if (end > this.#done) this.#done = end;
  }

  /** Runs over the whole text; for patterns without an anchor. */
  runOver(text: string, spans: Span[]): void {
    for (const match of text.matchAll(this.#anywhere)) this.#matchAt(text, match.index, spans);
  }

  #valueOf(match: RegExpExecArray): string {
    for (const group of this.#valueGroups) if (match[group] !== undefined) return match[group];
    return "";
  }

  /** Adds what the expression, matched at `from`, found; gives the end of the match, or -1. */
  #matchAt(text: string, from: number, spans: Span[]): number {
    const sticky = this.#sticky;
    sticky.lastIndex = from;
    let start = from;
    if (this.#valueLast) {
      const match = sticky.exec(text);
      if (match === null) return -1;
      start = sticky.lastIndex - this.#valueOf(match).length;
    } else if (!sticky.test(text)) return -1;
    const matchEnd = sticky.lastIndex;
    let end = matchEnd;
    if (this.#located && !this.#valueLast) [start, end] = valuePlace(this.#located, text, from, matchEnd);
    const { type, priority = 0, check } = this.#entry;
    if (start === end) return -1;
    if (check !== undefined && !CHECKS[check](text.slice(start, end))) return -1;
    if (this.#context && !this.#context.test(text.slice(Math.max(0, start - MAX_BACK), start))) return -1;
    spans.push({ start, end, type, priority });
    return matchEnd;
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

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** For each ASCII character, and in place 0 for all others, whether the class holds it. */
function backTable(characters: string): Uint8Array {
  const member = new RegExp(`^[${characters}]$`, "u");
  return Uint8Array.from({ length: 128 }, (_, code) => (member.test(code === 0 ? "é" : String.fromCharCode(code)) ? 1 : 0));
}

function takes(table: Uint8Array, code: number): boolean {
  return table[code < 128 ? code : 0] === 1;
}
