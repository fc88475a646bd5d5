/** One pattern, ready to be tried at a place. */
import type { Span } from "../../../kernel/index.ts";
import { CHECKS } from "../patterns/checks.ts";
import type { Following, GateName, Pattern } from "../patterns/pattern.ts";
import { MAX_BACK } from "./contexts.ts";
import { Expression } from "./expression.ts";
import { excludedBehind } from "./gates.ts";

export class Detector {
  readonly anchors: readonly string[];
  readonly ignoreCase: boolean;
  readonly digits: readonly [min: number, max: number] | undefined;
  readonly gate: GateName | undefined;
  readonly followed: Following | undefined;
  readonly before: readonly string[] | undefined;
  readonly contextWords: readonly string[];
  /** The number of its context words among those of the scanner; -1 for none. */
  context = -1;
  readonly #entry: Pattern;
  readonly #expression: Expression;
  readonly #check: ((text: string) => boolean) | undefined;
  #excluded: Uint8Array | undefined;
  #context: RegExp | undefined;
  readonly #back: Uint8Array | undefined;
  #text = 0;
  #done = 0;

  constructor(entry: Pattern) {
    const { anchor, flags = "", back, digits, context, check } = entry;
    this.#entry = entry;
    this.gate = entry.gate;
    this.followed = entry.followed;
    this.before = entry.before;
    this.contextWords = context ?? [];
    this.ignoreCase = flags.includes("i");
    this.anchors = typeof anchor === "object" ? anchor : [];
    this.digits = anchor === "digits" ? (digits ?? [1, Number.POSITIVE_INFINITY]) : undefined;
    this.#expression = new Expression(entry);
    this.#check = check === undefined ? undefined : CHECKS[check];
    this.#back = back === undefined ? undefined : backTable(back);
  }

  /** Whether a match may begin before the anchor, which then may stand inside a word. */
  get reachesBack(): boolean {
    return this.#back !== undefined;
  }

  /** Whether a match may begin behind the byte. */
  mayStandBehind(byte: number): boolean {
    this.#excluded ??= excludedBehind(this.#entry);
    return this.#excluded[byte] === 0;
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
    if (this.#find(text, from, spans)) this.#done = this.#expression.matchEnd;
  }

  /** Runs over the whole text; for patterns without an anchor. */
  runOver(text: string, spans: Span[]): void {
    const { pattern, flags = "" } = this.#entry;
    for (const match of text.matchAll(new RegExp(pattern, `g${flags}`))) this.#find(text, match.index, spans);
  }

  /** Adds what the expression finds at `from`; whether it did. */
  #find(text: string, from: number, spans: Span[]): boolean {
    const expression = this.#expression;
    if (!expression.matches(text, from)) return false;
    const { start, end } = expression;
    if (start === end) return false;
    if (this.#check !== undefined && !this.#check(text.slice(start, end))) return false;
    if (this.contextWords.length > 0 && !this.#hasContext(text.slice(Math.max(0, start - MAX_BACK), start))) return false;
    spans.push({ start, end, type: this.#entry.type, priority: this.#entry.priority ?? 0 });
    return true;
  }

  #hasContext(before: string): boolean {
    this.#context ??= new RegExp(this.contextWords.map(escaped).join("|"), "i");
    return this.#context.test(before);
  }
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
