/** Further words to search with, out of what was found: the corpus's own vocabulary. */
import type { Passage } from "../../kernel/index.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import { editsBetween } from "../../pipeline/text/spellings.ts";
import { STOP_WORDS, words } from "../../pipeline/text/terms.ts";

/** So many passages, the first, are read for words. */
const LEADERS = 4;
/** So much of each, in characters. */
const READ = 4000;
/** So many words are added. */
const ADDED = 3;
/** A word needs so much company: the shares of the question that the leaders with it have, less where all have it. */
const LEAST = 0.6;
/** Only words from this length on are taken to be misspelt. */
const LONG = 5;

/**
 * Words that keep the question's words company in the leading passages and are rare among the others; and, for a word
 * that no passage has, the word of theirs that is one letter away.
 */
export function expansion({ content }: QuestionReading, passages: readonly Passage<string>[]): string[] {
  const asked = new Set(content.map(({ term }) => term));
  const read = passages.map(({ text }) => words(text.slice(0, READ)));
  const surfaces = new Map(read.flat().map(({ term, surface }) => [term, surface.toLowerCase()]));
  const misspelt = content.filter(({ term, surface }) => surface.length >= LONG && !surfaces.has(term));
  const corrected = misspelt.flatMap(({ surface }) => {
    const near = [...surfaces.values()].find((other) => other.length >= LONG && editsBetween(surface.toLowerCase(), other, 1) === 1);
    return near === undefined ? [] : [near];
  });
  return [...new Set([...corrected, ...company(asked, read, surfaces)])];
}

function company(asked: ReadonlySet<string>, read: readonly ReturnType<typeof words>[], surfaces: ReadonlyMap<string, string>): string[] {
  const weights = new Map<string, number>();
  const sets = read.map((passage) => new Set(passage.map(({ term }) => term)));
  for (const terms of sets.slice(0, LEADERS)) {
    const shared = [...asked].filter((term) => terms.has(term)).length / Math.max(1, asked.size);
    for (const term of terms) weights.set(term, (weights.get(term) ?? 0) + shared);
  }
  const spread = (term: string) => sets.filter((terms) => terms.has(term)).length / Math.max(1, sets.length);
  const isTelling = (term: string) => {
    const surface = surfaces.get(term) ?? "";
    return !asked.has(term) && surface.length > 3 && /^\p{L}+$/u.test(surface) && !STOP_WORDS.has(surface);
  };
  return [...weights]
    .filter(([term]) => isTelling(term) && sets.slice(0, LEADERS).filter((terms) => terms.has(term)).length > 1)
    .map(([term, weight]) => ({ term, weight: weight * (1 - spread(term) / 2) }))
    .filter(({ weight }) => weight >= LEAST)
    .sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
    .slice(0, ADDED)
    .map(({ term }) => surfaces.get(term) ?? term);
}
