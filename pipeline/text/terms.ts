import { stemmer } from "stemmer";
import { eachWord, KnownWords } from "./known-words.ts";

/** Words that carry structure rather than content, in English. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  "a about above after again against all also am an and any are as at be because been before being below between both but by can could did do does doing down during each else ever few for from further had has have having he her here hers herself him himself his how i if in into is it its itself just me might more most must my myself no nor not of off on once only or other our ours ourselves out over own per same shall she should so some such than that the their theirs them themselves then there these they this those through to too under until up upon us very was we were what whatever when where which while who whom whose why will with within without would yes yet you your yours yourself".split(
    " ",
  ),
);

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu;

/** A word of a text: as it stands, where, and in the form under which it is compared. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly surface: string;
  /** Lower case, without accents and possessive, stemmed (Porter). */
  readonly term: string;
}

/** The words of a text, in order. */
export function words(text: string): Word[] {
  return Array.from(text.matchAll(WORD), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    surface: match[0],
    term: termOf(match[0]),
  }));
}

/** Words of a language follow Zipf's law: a bounded memory answers for most, and stemming is the dear part. */
const MAX_KNOWN = 50_000;
const known = new Map<string, ReadWord>();

/** The form under which a word is compared. */
export function termOf(word: string): string {
  return readWord(word).term;
}

export interface ReadWord {
  readonly term: string;
  readonly isStopWord: boolean;
}

export function readWord(word: string): ReadWord {
  let found = known.get(word);
  if (found === undefined) {
    found = { term: stem(word), isStopWord: STOP_WORDS.has(word.toLowerCase()) };
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(word, found);
  }
  return found;
}

function stem(word: string): string {
  const folded = fold(word).replace(/['’]\p{L}*$/u, "");
  return /^[a-z]+$/.test(folded) ? stemmer(folded) : folded;
}

/** Lower case, without accents. */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  // Nearly every word is plain, and has nothing to take apart.
  return /^[a-z0-9]*$/.test(lower) ? lower : lower.normalize("NFD").replace(/\p{M}+/gu, "");
}

/** The distinct terms of a text that are not stop words, in order of first appearance. */
export function contentTerms(text: string): string[] {
  const terms = new Set<string>();
  for (const { surface, term } of words(text)) if (!STOP_WORDS.has(surface.toLowerCase())) terms.add(term);
  return [...terms];
}

const ONE_WORD = new RegExp(WORD.source, "yu");

/** Calls `found` with what is known of each word of a text, in order, and where it begins. */
export function eachKnownWord<T>(
  text: string,
  known: KnownWords<T>,
  foreign: (word: string) => T,
  found: (value: T, start: number) => void,
): void {
  eachWord(text, ONE_WORD, known, foreign, found);
}

const byLetters = new KnownWords(readWord);

/** The terms of a text in order, and how often each stands in it that is not a stop word. */
export function termCounts(text: string): { counts: Map<string, number>; sequence: string[] } {
  const counts = new Map<string, number>();
  const sequence: string[] = [];
  eachKnownWord(text, byLetters, readWord, ({ term, isStopWord }) => {
    sequence.push(term);
    if (!isStopWord) counts.set(term, (counts.get(term) ?? 0) + 1);
  });
  return { counts, sequence };
}
