/**
 * Reads the policy and applies it. The policy is data (policy.json): lists of words, rules with patterns over them, and
 * exceptions for what only sounds harmful: games and fiction, definitions, history, processes and pests.
 */
import { undisguised } from "../../pipeline/text/disguise.ts";
import { splitSentences } from "../../pipeline/text/sentences.ts";
import { inEnglish } from "./foreign-words.ts";
import { type LikenessModel, likeness } from "./likeness.ts";
import { tagger } from "./tag-words.ts";
import { neededBy, saidIn, WordPattern } from "./word-pattern.ts";

export interface PolicyFile {
  readonly words: Readonly<Record<string, string>>;
  readonly exceptions: Readonly<Record<string, readonly string[]>>;
  /**
   * Rule, action, target and so on: the rule is broken where a word of each list stands in this order, with up to six
   * words between two.
   */
  readonly acts: readonly (readonly string[])[];
  /** What only someone asks for who means to do it: then a story for a frame is no exception. */
  readonly earnest: readonly string[];
  /** A question that no rule holds for is refused when it resembles requests for harm by more than this. */
  readonly likeness: { readonly above: number; readonly unless: readonly string[] };
  readonly rules: readonly { readonly rule: string; readonly patterns: readonly string[]; readonly unless: readonly string[] }[];
}

export interface Breach {
  /** The rule that holds; "likeness" when none does and the question resembles requests for harm. */
  readonly rule: string;
  /** For likeness: the words that weighed most. */
  readonly words?: readonly string[];
}

/** Gives the rule that a question breaks, or undefined. */
export type Policy = (question: string) => Breach | undefined;

/** The name of what is no rule of its own. */
export const LIKENESS = "likeness";

/**
 * Makes a policy of its file and of a fitted model of likeness.
 *
 * @throws Error when a pattern names a list or an exception that is not there.
 */
export function compilePolicy(file: PolicyFile, model: LikenessModel): Policy {
  const { words, exceptions, acts, earnest, rules } = file;
  const tag = tagger(words);
  const known = new Set(Object.keys(words));
  const excepted = new Map(Object.entries(exceptions).map(([name, patterns]) => [name, patterns.map((text) => compile(text, known))]));
  const excusesNamed = (names: readonly string[]): Excuse[] =>
    names.flatMap((name) =>
      (excepted.get(name) ?? unknown(`exception ${name}`)).map((pattern) => ({ pattern, inPlay: IN_PLAY.has(name) })),
    );
  const compiled = rules.map(({ rule, patterns, unless }) => ({
    rule,
    bad: [...patterns, ...actsOf(rule, acts)].map((text) => compile(text, known)),
    good: excusesNamed(unless),
  }));
  const meant = earnest.map((text) => compile(text, known));
  const likenessOf = likeness(model);
  const excuses = excusesNamed(file.likeness.unless);
  const read = (question: string): Read => {
    const tagged = tag(plainWords(question));
    const text = `${tagged}${endsInTitle(question) ? " in a title" : ""}`;
    const said = saidIn(text);
    const holds = (pattern: WordPattern) => pattern.holds(text, said);
    return { tagged, holds, excused: ({ pattern, inPlay }) => holds(pattern) && !(inPlay && meant.some(holds)) };
  };
  const ruleOf = (question: string): Breach | undefined => {
    const { holds, excused } = read(question);
    const broken = compiled.find(({ bad, good }) => bad.some(holds) && !good.some(excused));
    return broken && { rule: broken.rule };
  };
  const resembling = (question: string): Breach | undefined => {
    for (const { tagged, excused } of (question.length > LONG ? piecesOf(question) : [question]).map(read)) {
      const { score, words: loudest } = likenessOf(tagged);
      if (score > file.likeness.above && !excuses.some(excused)) return { rule: LIKENESS, words: loudest };
    }
    return undefined;
  };
  return (question) => {
    const readings = readingsOf(question);
    return firstOf(readings, ruleOf) ?? firstOf(readings, resembling);
  };
}

/**
 * A question as it stands, without its disguises, and word for word in English: all that rules are asked of. Together at most
 * a fixed number of times as long as the question, whose length is limited where it is asked (`QUESTION_TOO_LONG`).
 */
export function readingsOf(question: string): string[] {
  return [question, ...undisguised(question), ...inEnglish(question)];
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A question of more characters is looked at sentence by sentence for likeness, as a request may stand in much else. */
const LONG = 300;
/** So many sentences at most, the first and the last. */
const MOST_PIECES = 40;

function piecesOf(question: string): string[] {
  const all = splitSentences(question).map(({ start, end }) => question.slice(start, end));
  return all.length <= MOST_PIECES ? all : [...all.slice(0, MOST_PIECES / 2), ...all.slice(-MOST_PIECES / 2)];
}

/** A question as it was read. */
interface Read {
  readonly tagged: string;
  readonly holds: (pattern: WordPattern) => boolean;
  readonly excused: (excuse: Excuse) => boolean;
}

interface Excuse {
  readonly pattern: WordPattern;
  /** Holds for what happens in a work alone. */
  readonly inPlay: boolean;
}

/** Exceptions for what happens in a work alone. */
const IN_PLAY: ReadonlySet<string> = new Set(["fiction", "in a title"]);

function actsOf(rule: string, acts: PolicyFile["acts"]): string[] {
  return acts.flatMap(([of, ...lists]) => (of === rule ? [lists.map((list) => `{${list}}`).join(" ~ ")] : []));
}

/** Whether the question is about what happens in a work: it ends "in" a name of two words or more, or one with a number. */
function endsInTitle(question: string): boolean {
  const [, title = ""] =
    /\bin (?:the )?((?:\p{Lu}[\p{L}'’]+)(?: (?:\p{Lu}[\p{L}'’]+|of|the|and|for|to|\d{1,4})){1,8})\W{0,4}$/u.exec(question.slice(-200)) ??
    [];
  return title !== "" && !PLACE.test(title);
}

const PLACE =
  /^(?:North|South|East|West|New|Los|Las|San|Santa|United|Great|Saudi|Sri|Hong|Puerto|Costa|El|Fort|Saint|St|Cape|World|Rio|Buenos|Tel|Kuala|Abu)\b/;

/** Lower case; marks of punctuation gone, except those inside words and numbers; quotation marks as words of their own. */
export function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’‘`]/g, "'")
    .replace(/["“”]/g, ' " ')
    .replace(/[^\p{L}\p{N}'"/+-]+|(?<!\p{L})'|'(?!\p{L})/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** What may stand before any word of a tagged text. */
const TAGS = "(?:<[^> ]+>)?";

/** A pattern of the policy over tagged words. Every repetition is bounded. */
function compile(pattern: string, known: ReadonlySet<string>): WordPattern {
  const body = pattern
    .trim()
    .replace(/^\^|\$$/g, "")
    .replaceAll(" ~ ", "~")
    .replaceAll(" ", ` ${TAGS}`)
    .replaceAll("~", ` (?:\\S+ ){0,6}?${TAGS}`)
    .replace(/\{([a-z][a-z|]*)\}/g, (_, names: string) => inList(names, known));
  const start = pattern.startsWith("^") ? "^" : "(?:^| )";
  const end = pattern.trim().endsWith("$") ? "$" : "(?= |$)";
  return new WordPattern(`${start}${TAGS}(?:${body})${end}`, neededBy(pattern));
}

function inList(names: string, known: ReadonlySet<string>): string {
  const missing = names.split("|").find((name) => !known.has(name));
  if (missing !== undefined) unknown(`list ${missing}`);
  return `(?:<[^> ]*\\b(?:${names})\\b[^> ]*>[^ ]+)`;
}

function unknown(what: string): never {
  throw new Error(`the policy names the ${what}, which it does not have`);
}
