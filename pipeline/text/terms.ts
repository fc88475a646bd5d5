import { stemmer } from "stemmer";

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
const known = new Map<string, string>();

/** The form under which a word is compared. */
export function termOf(word: string): string {
  let term = known.get(word);
  if (term === undefined) {
    term = stem(word);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(word, term);
  }
  return term;
}

function stem(word: string): string {
  const folded = fold(word).replace(/['’]\p{L}*$/u, "");
  return /^[a-z]+$/.test(folded) ? stemmer(folded) : folded;
}

/** Lower case, without accents. */
export function fold(word: string): string {
  return word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}+/gu, "");
}

/** The distinct terms of a text that are not stop words, in order of first appearance. */
export function contentTerms(text: string): string[] {
  const terms = new Set<string>();
  for (const { surface, term } of words(text)) if (!STOP_WORDS.has(surface.toLowerCase())) terms.add(term);
  return [...terms];
}

/** How often each term stands in a text, and how many words it has; stop words are left out of the terms. */
export function termCounts(text: string): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>();
  let length = 0;
  for (const [word] of text.matchAll(WORD)) {
    length++;
    const term = termOf(word);
    if (!STOP_WORDS.has(word) && !STOP_WORDS.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return { counts, length };
}
