import { STOP_WORDS, words } from "../../pipeline/text/terms.ts";

/** A question of a sane length has fewer; a pasted page is bounded. */
const MAX_TERMS = 48;

/**
 * A question as an FTS5 expression: any of its words, without stop words as long as others are left. Undefined when
 * the question has no words.
 */
export function matchQuery(question: string): string | undefined {
  const all = words(question);
  const content = all.filter(({ surface }) => !STOP_WORDS.has(surface.toLowerCase()));
  const distinct = new Map((content.length > 0 ? content : all).map(({ term, surface }) => [term, surface]));
  if (distinct.size === 0) return undefined;
  // A word has no quotation mark in it; quoted, no word is an operator.
  return [...distinct.values()]
    .slice(0, MAX_TERMS)
    .map((word) => `"${word}"`)
    .join(" OR ");
}
