import { STOP_WORDS, words } from "../../pipeline/text/terms.ts";

/** A question of a sane length has fewer; a pasted page is bounded. */
const MAX_TERMS = 48;

/** A term of a question: in the form in which terms are compared, and as it stands. */
export interface QueryTerm {
  readonly term: string;
  readonly surface: string;
  /** How much it counts; 1 when absent. Less for a word that was not asked for. */
  readonly weight?: number;
}

/** The distinct terms of a question, without stop words as long as others are left. */
export function queryTerms(question: string): QueryTerm[] {
  const all = words(question);
  const content = all.filter(({ surface }) => !STOP_WORDS.has(surface.toLowerCase()));
  const distinct = new Map((content.length > 0 ? content : all).map(({ term, surface }) => [term, surface]));
  return [...distinct].slice(0, MAX_TERMS).map(([term, surface]) => ({ term, surface }));
}

/** Terms as an FTS5 expression: any of them. A word has no quotation mark in it; quoted, none is an operator. */
export function matchAny(terms: readonly QueryTerm[]): string {
  return terms.map(({ surface }) => `"${surface}"`).join(" OR ");
}
