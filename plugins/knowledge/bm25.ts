/** A term of a question and how much it tells: its inverse document frequency. */
export interface WeightedTerm {
  readonly term: string;
  readonly idf: number;
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

/** How often each of a question's terms stands in the parts of a chunk, and how many words its text has. */
export interface Mentions {
  readonly text: ArrayLike<number>;
  readonly title: ArrayLike<number>;
  readonly heading: ArrayLike<number>;
  readonly length: number;
}

/** BM25 as a share, 0 to 1, of what a text that repeats every term without end would have. */
export function bm25(terms: readonly WeightedTerm[], { text, title, heading, length }: Mentions, averageLength: number): number {
  let score = 0;
  let best = 0;
  for (const [i, { idf: weight }] of terms.entries()) {
    const mentions = (text[i] ?? 0) + (title[i] ? TITLE_MENTIONS : 0) + (heading[i] ? HEADING_MENTIONS : 0);
    score += weight * saturation(mentions, length, averageLength);
    best += weight;
  }
  return best === 0 ? 0 : score / best;
}
