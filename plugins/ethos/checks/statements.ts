/** Sentences that say the same of the same thing, but for one value. */
import type { Evidence, Sentence } from "../../../pipeline/text/evidence.ts";
import { fold, STOP_WORDS, type Word } from "../../../pipeline/text/terms.ts";
import { findValues, type Value, type ValueKind } from "../../../pipeline/text/values.ts";

/** Two sentences of which both cannot hold, and the value in which they differ. */
export interface Disagreement {
  readonly kind: ValueKind;
  readonly said: { readonly sentence: Sentence; readonly value: string };
  readonly other: { readonly sentence: Sentence; readonly value: string };
}

/** So many words, at least, must two sentences share beside the value: fewer are no statement about one thing. */
const LEAST_SHARED = 2;
/** So much of each sentence's words, at least, must stand in the other one. */
const LEAST_SHARE = 0.75;

/** The sentences of other places that give another value for what `sentence` states. */
export function disagreements(sentence: Sentence, { sentences }: Evidence): Disagreement[] {
  const said = stated(sentence);
  if (said.values.length === 0) return [];
  return sentences.flatMap((other) => {
    if (other.text === sentence.text || (other.passage === sentence.passage && other.index === sentence.index)) return [];
    return differenceOf(said, stated(other)) ?? [];
  });
}

interface Stated {
  readonly sentence: Sentence;
  readonly values: readonly Value[];
  /** The terms beside values and small words. */
  readonly about: ReadonlySet<string>;
  readonly negated: boolean;
}

const read = new WeakMap<Sentence, Stated>();

function stated(sentence: Sentence): Stated {
  const known = read.get(sentence);
  if (known) return known;
  const values = sentence.kind === "code" ? [] : findValues(sentence.text, sentence.words);
  const inValue = ({ start, end }: Word) => values.some((value) => value.start <= start && end <= value.end);
  const about = sentence.words.filter(
    (word) => !inValue(word) && !STOP_WORDS.has(word.surface.toLowerCase()) && !HEDGES.has(fold(word.surface)),
  );
  const negated = /\b(?:not|never|no|\w+n['’]t)\b/i.test(sentence.text);
  const one = { sentence, values, about: new Set(about.map(({ term }) => term)), negated };
  read.set(sentence, one);
  return one;
}

// Words that do not change what is stated, only when or how surely.
const HEDGES = new Set(
  "now current currently today previously formerly usually normally always generally about approximately roughly around exactly".split(" "),
);

function differenceOf(a: Stated, b: Stated): Disagreement | undefined {
  if (a.negated !== b.negated || a.values.length !== b.values.length || !sameSubject(a.about, b.about)) return undefined;
  const differing = a.values.flatMap((value, at) => {
    const other = b.values[at];
    return other && sameValue(value, other) ? [] : [[value, other] as const];
  });
  const [pair, ...more] = differing;
  const [value, other] = pair ?? [];
  // Where two values differ, one of them says that these are two things: version 2 of 2019, version 3 of 2021.
  if (!value || !other || more.length > 0 || value.kind !== other.kind) return undefined;
  if (value.kind === "name" && !(isRole(a.sentence, value) && isRole(b.sentence, other))) return undefined;
  if (value.kind !== "name" && (isNumbering(a.sentence, value) || unitAfter(a.sentence, value) !== unitAfter(b.sentence, other)))
    return undefined;
  return { kind: value.kind, said: shown(a.sentence, value), other: shown(b.sentence, other) };
}

function sameSubject(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shared = [...a].filter((term) => b.has(term)).length;
  return shared >= LEAST_SHARED && shared >= LEAST_SHARE * Math.max(a.size, b.size);
}

function sameValue(a: Value, b: Value): boolean {
  return (
    a.kind === b.kind &&
    (a.terms.join(" ") === b.terms.join(" ") ||
      a.terms.every((term) => b.terms.includes(term)) ||
      b.terms.every((term) => a.terms.includes(term)))
  );
}

function shown(sentence: Sentence, { start, end }: Value) {
  return { sentence, value: sentence.text.slice(start, end) };
}

/** One holder at a time: "the maintainer is X", "was founded by X". "X was a leader" leaves room for others. */
function isRole({ text }: Sentence, { start }: Value): boolean {
  return /\b(?:the|our|its|their|his|her)\b.*\b(?:is|was|are|were|:)\s*$|\b\w+ed by\s*$/i.test(text.slice(0, start));
}

/** A number that names a thing instead of measuring it: step 3, port of version 2, page 12, #17. */
function isNumbering({ text }: Sentence, { start }: Value): boolean {
  return /(?:\b(?:step|version|v|page|chapter|section|part|figure|table|level|phase|round|example|option|stage|issue|rule|case|item|line|no\.?|node|python|java|windows|error|code|exit)\s*|[#§]\s?)$|^(?:[-*+•]\s*)?(?:\(?)$/i.test(
    text.slice(0, start),
  );
}

/** The word after a value: what is counted. */
function unitAfter({ words }: Sentence, { end }: Value): string {
  return words.find(({ start }) => start >= end)?.term ?? "";
}
