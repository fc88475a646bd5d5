/**
 * A closer look at the first candidates of a search. The score of a candidate is a weighted sum of
 * - its words: BM25 over all the question's terms, title and headings included;
 * - its meaning: the cosine of its vector and the question's;
 * - its phrases: the share of the question's neighbouring words that are neighbours in it;
 * - its innermost heading: how far it and the question say the same, so that a section named like the question leads;
 * - its best sentence: the same for its sentences, since an answer is seldom longer than one;
 * - its company: how like it is, by words and by vector, to the three candidates that lead so far (pseudo-relevance
 *   feedback): what stands near several good hits is more likely good than what stands alone.
 */
import { splitSentences } from "../../pipeline/text/sentences.ts";
import { termCounts } from "../../pipeline/text/terms.ts";
import { bm25, idf, saturation, type TermVector, type WeightedTerm } from "./bm25.ts";
import { HEADING_SEPARATOR } from "./headings.ts";
import { cosine } from "./quantise.ts";

export interface Candidate {
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  /** Of unit length; absent when the chunk has none of the current model. */
  readonly vector?: Float32Array;
}

export interface Query {
  readonly terms: readonly WeightedTerm[];
  /** Of unit length. */
  readonly vector?: Float32Array;
  /** Mean length of a chunk, in words. */
  readonly averageLength: number;
  /** Embeds a sentence on the spot; without it sentences are not compared. */
  readonly embedNow?: (text: string) => Float32Array;
}

// Round figures from a broad optimum: halving or doubling one of them moves nDCG and hit rates by about a point.
const WEIGHT = { words: 1, meaning: 0.3, phrases: 0.1, heading: 0.4, sentence: 0.5, likeWords: 0.5, likeMeaning: 0.5 };

/** Candidates whose neighbours' likeness counts. */
const LEADERS = 3;
/** Candidates whose sentences are compared. */
const READ_CLOSELY = 10;
const MIN_SENTENCE = 20;

/** The score of each candidate, in their order. */
export function rerank(query: Query, candidates: readonly Candidate[]): number[] {
  const terms = candidates.map(({ text }) => termCounts(text));
  const scores = candidates.map(
    (candidate, i) =>
      WEIGHT.words * bm25(query.terms, candidate, terms[i] as TermVector, query.averageLength) +
      WEIGHT.meaning * cosine(query.vector, candidate.vector) +
      WEIGHT.heading * headingMatch(query.terms, candidate.heading) +
      WEIGHT.phrases * phrases(query.terms, (terms[i] as TermVector).sequence),
  );
  const leaders = bestOf(scores, LEADERS);
  const likeWords = likenessByWords(terms, leaders, query.averageLength);
  const likeMeaning = likenessByMeaning(candidates, leaders);
  const known = scores.map(
    (score, i) => score + WEIGHT.likeWords * (likeWords[i] as number) + WEIGHT.likeMeaning * (likeMeaning[i] as number),
  );
  return withSentences(query, candidates, known);
}

/** The weight of the terms that the innermost heading and the question share, of all that they have; 0 to 1. */
function headingMatch(terms: readonly WeightedTerm[], heading: string): number {
  const innermost = termCounts(heading.slice(heading.lastIndexOf(HEADING_SEPARATOR) + 1)).counts;
  if (innermost.size === 0 || terms.length === 0) return 0;
  const asked = new Map(terms.map(({ term, idf: weight }) => [term, weight]));
  const shared = [...innermost.keys()].filter((term) => asked.has(term));
  const all = terms.reduce((sum, term) => sum + term.idf, 0);
  const weight = shared.reduce((sum, term) => sum + (asked.get(term) ?? 0), 0);
  return (2 * (shared.length / innermost.size) * (weight / all)) / (shared.length / innermost.size + weight / all || 1);
}

/** The share of neighbouring terms of the question, by weight, that stand next to each other here, or with one word between. */
function phrases(terms: readonly WeightedTerm[], sequence: readonly string[]): number {
  const after = new Map(terms.slice(1).map((term, i) => [(terms[i] as WeightedTerm).term, term]));
  const found = new Map<string, number>();
  for (const [i, term] of sequence.entries()) {
    const next = after.get(term);
    if (next && (sequence[i + 1] === next.term || sequence[i + 2] === next.term)) found.set(next.term, next.idf);
  }
  const sum = (weights: Iterable<number>) => [...weights].reduce((total, weight) => total + weight, 0);
  return terms.length < 2 ? 0 : sum(found.values()) / sum(terms.slice(1).map((term) => term.idf));
}

/** Adds the best sentence of those that lead; the others are taken to have none better than the worst of these. */
function withSentences(query: Query, candidates: readonly Candidate[], scores: readonly number[]): number[] {
  const best = new Map(bestOf(scores, READ_CLOSELY).map((i) => [i, bestSentence(query, candidates[i] as Candidate)]));
  const least = Math.min(...best.values());
  return scores.map((score, i) => score + WEIGHT.sentence * (best.get(i) ?? least));
}

function bestSentence({ vector, embedNow }: Query, { text }: Candidate): number {
  if (!vector || !embedNow) return 0;
  let best = 0;
  for (const { start, end } of splitSentences(text))
    if (end - start >= MIN_SENTENCE) best = Math.max(best, cosine(vector, embedNow(text.slice(start, end))));
  return best;
}

/** Cosine of BM25-weighted words with the mean of the leaders'; rarity is counted among the candidates themselves. */
function likenessByWords(all: readonly TermVector[], leaders: readonly number[], averageLength: number): number[] {
  const holders = new Map<string, number>();
  for (const { counts } of all) for (const term of counts.keys()) holders.set(term, (holders.get(term) ?? 0) + 1);
  const vectors = all.map(({ counts, sequence }) => {
    const weights = new Map<string, number>();
    let squares = 0;
    for (const [term, count] of counts) {
      const weight = idf(holders.get(term) ?? 0, all.length) * saturation(count, sequence.length, averageLength);
      weights.set(term, weight);
      squares += weight * weight;
    }
    return { weights, norm: Math.sqrt(squares) || 1 };
  });
  const centre = new Map<string, number>();
  for (const { weights, norm } of leaders.map((i) => vectors[i] as (typeof vectors)[number]))
    for (const [term, weight] of weights) centre.set(term, (centre.get(term) ?? 0) + weight / norm / leaders.length);
  return vectors.map(({ weights, norm }) => {
    let sum = 0;
    for (const [term, weight] of weights) sum += weight * (centre.get(term) ?? 0);
    return sum / norm;
  });
}

function likenessByMeaning(candidates: readonly Candidate[], leaders: readonly number[]): number[] {
  const vectors = leaders.flatMap((i) => candidates[i]?.vector ?? []);
  const centre = vectors[0] && new Float32Array(vectors[0].length);
  if (!centre) return candidates.map(() => 0);
  for (const vector of vectors) for (const [i, x] of vector.entries()) centre[i] = (centre[i] as number) + x;
  const norm = Math.hypot(...centre) || 1;
  return candidates.map(({ vector }) => cosine(centre, vector) / norm);
}

/** The indices of the `count` highest scores. */
function bestOf(scores: readonly number[], count: number): number[] {
  return scores
    .map((_, i) => i)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number))
    .slice(0, count);
}
