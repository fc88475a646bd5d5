import { termCounts } from "../../pipeline/text/terms.ts";

/** A term of a question and how much it tells: its inverse document frequency. */
export interface WeightedTerm {
  readonly term: string;
  readonly idf: number;
}

/** The terms of a chunk. */
export interface TermVector {
  /** Every word in order; `counts` leaves stop words out. */
  readonly sequence: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

const K1 = 1.2;
const B = 0.75;
/** What one mention in the title or the headings adds to the mentions in the text. */
const TITLE_MENTIONS = 2;
const HEADING_MENTIONS = 1;

export function idf(documents: number, total: number): number {
  return Math.log(1 + (total - documents + 0.5) / (documents + 0.5));
}

/** As SQLite's full text weighs terms: one that stands in half of all chunks or more counts next to nothing. */
export function rankingIdf(documents: number, total: number): number {
  return Math.max(1e-6, Math.log((total - documents + 0.5) / (documents + 0.5)));
}

/** How much `mentions` count in a text of `length` words, from 0 to 1. */
export function saturation(mentions: number, length: number, averageLength: number): number {
  return mentions / (mentions + K1 * (1 - B + (B * length) / averageLength));
}

/** BM25 as a share, 0 to 1, of what a text that repeats every term without end would have. */
export function bm25(
  terms: readonly WeightedTerm[],
  chunk: { readonly title: string; readonly heading: string },
  { counts, sequence }: TermVector,
  averageLength: number,
): number {
  const title = termCounts(chunk.title).counts;
  const heading = termCounts(chunk.heading).counts;
  let score = 0;
  let best = 0;
  for (const { term, idf: weight } of terms) {
    const mentions = (counts.get(term) ?? 0) + (title.has(term) ? TITLE_MENTIONS : 0) + (heading.has(term) ? HEADING_MENTIONS : 0);
    score += weight * saturation(mentions, sequence.length, averageLength);
    best += weight;
  }
  return best === 0 ? 0 : score / best;
}
