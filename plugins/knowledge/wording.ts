import { STOP_WORDS, termOf, type Word, words } from "../../pipeline/text/terms.ts";
import { type QueryTerm, queryTerms } from "./query-terms.ts";
import type { RelatedWord, Vocabulary } from "./vocabulary.ts";

/** So many words that no document has are looked into, the first. */
const MOST_MISSING = 3;

/** A question as it is searched for. */
export interface Wording {
  readonly terms: readonly QueryTerm[];
  /** Its text, with what is taken to be misspelt put right. */
  readonly text: string;
}

/** Adds to a question the nearest words for those that no document has. One without such words stays as it is. */
export function wording(text: string, chunksWith: (term: string) => number, vocabulary: Pick<Vocabulary, "related" | "joined">): Wording {
  const terms = queryTerms(text);
  const isMissing = ({ term, surface }: QueryTerm) => !STOP_WORDS.has(surface.toLowerCase()) && chunksWith(term) === 0;
  const missing = new Set(terms.filter(isMissing).map(({ term }) => term));
  if (missing.size === 0) return { terms, text };
  const added = new Map<string, QueryTerm>();
  let [read, from] = ["", 0];
  for (const { start, end, related } of replacements(words(text), missing, vocabulary)) {
    for (const { word, weight } of related) {
      const term = termOf(word);
      if (!STOP_WORDS.has(word.toLowerCase()) && terms.every((asked) => asked.term !== term))
        added.set(term, { term, surface: word, weight });
    }
    const put = putInstead(related);
    if (put === undefined) continue;
    read += text.slice(from, start) + put;
    from = end;
  }
  return { terms: [...terms, ...added.values()], text: read + text.slice(from) };
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly related: readonly RelatedWord[];
}

function* replacements(
  all: readonly Word[],
  missing: ReadonlySet<string>,
  vocabulary: Pick<Vocabulary, "related" | "joined">,
): Generator<Replacement> {
  let looked = 0;
  for (let at = 0; at < all.length && looked < MOST_MISSING; at++) {
    const [{ start, end, term, surface }, next] = [all[at] as Word, all[at + 1]];
    if (!missing.has(term) && !(next && missing.has(next.term))) continue;
    const whole = next && vocabulary.joined(surface, next.surface);
    if (whole) yield { start, end: all[++at]?.end ?? end, related: [whole] };
    else if (missing.has(term)) yield { start, end, related: vocabulary.related(surface) };
    else continue;
    looked++;
  }
}

/** What is meant by a word: another spelling, or its parts. Words of its family mean something else. */
function putInstead(related: readonly RelatedWord[]): string | undefined {
  const [best] = related;
  if (!best || best.kind === "family") return undefined;
  const parts = best.kind === "compound" ? related.filter(({ kind }) => kind === "compound") : [best];
  return parts.map(({ word }) => word).join(" ");
}
