/**
 * A closer look at the candidates of a search. Each signal is scaled by its best candidate, so that a long question and a
 * short one weigh them alike. First what is cheap to tell of every candidate:
 * - its words: BM25 over all the question's terms, title and headings included;
 * - its meaning: the cosine of its vector and the question's;
 * - its title and its innermost heading: how much of the question they say;
 * - whether it opens a document named after what the question wants defined;
 * - its names: the question's names and numbers that stand in it letter by letter;
 * - its phrases: the share of the question's neighbouring words that are neighbours in it.
 * Then, of those that lead so far, their sentences (close-reading.ts), since an answer is seldom longer than one. Last
 * their company (company.ts): what other documents among the leaders speak of too.
 */
import { readQuestion } from "../../pipeline/text/question.ts";
import { words } from "../../pipeline/text/terms.ts";
import { isNamedAfter, nameIn, thingOf } from "../../pipeline/text/thing.ts";
import { bm25, type WeightedTerm } from "./bm25.ts";
import { closeReader } from "./close-reading.ts";
import { company } from "./company.ts";
import { HEADING_SEPARATOR } from "./headings.ts";
import type { Lexicon, Terms } from "./lexicon.ts";
import { QuestionTerms } from "./question-terms.ts";

export interface Candidate {
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  /** The document that it is part of. */
  readonly path: string;
  /** The cosine of its vector and the question's; absent when the chunk has none of the current model. */
  readonly nearness?: number;
}

export interface Query {
  readonly text: string;
  readonly terms: readonly WeightedTerm[];
  /** Of unit length. */
  readonly vector?: Float32Array;
  /** Mean length of a chunk, in words. */
  readonly averageLength: number;
  /** The inverse document frequency of any term. */
  readonly rarity: (term: string) => number;
  /** Numbers the terms of texts; kept from one question to the next, since most are met again. */
  readonly lexicon: Lexicon;
  /** Embeds a sentence on the spot; without it sentences are compared by their words alone. */
  readonly embedNow?: (text: string) => Float32Array;
}

// Round figures from a broad optimum over four collections (docs/quality.md): leaving one out costs a point or less, but for
// words, meaning and company.
const WEIGHT = { words: 1.5, meaning: 2, title: 0.4, heading: 1.4, opening: 3, names: 1, phrases: 0.3, company: 6 };
const SENTENCE_WEIGHT = { words: 0.5, meaning: 1.2, kind: 1 };
const ALL = [WEIGHT, SENTENCE_WEIGHT].flatMap((weights) => Object.values(weights)).reduce((sum, weight) => sum + weight, 0);

/** Candidates whose sentences are compared. */
const READ_CLOSELY = 10;

/** The score of each candidate, in their order; from 0 to 1. */
export function rerank(query: Query, candidates: readonly Candidate[]): number[] {
  const { lexicon } = query;
  lexicon.forgetMany();
  const texts = candidates.map(({ text }) => lexicon.read(text));
  const titles = candidates.map(({ title }) => lexicon.read(title));
  const headings = candidates.map(({ heading }) => lexicon.read(heading));
  const innermost = candidates.map(({ heading }) => lexicon.read(heading.slice(heading.lastIndexOf(HEADING_SEPARATOR) + 1)));
  const asked = new QuestionTerms(query.terms, lexicon);
  const mentions = candidates.map((_, i) => ({
    text: asked.counts(texts[i] as Terms),
    title: asked.counts(titles[i] as Terms),
    heading: asked.counts(headings[i] as Terms),
    length: (texts[i] as Terms).words.length,
  }));
  const opens = openings(query.text, candidates);
  const scores = addedUp([
    { weight: WEIGHT.words, values: mentions.map((found) => bm25(query.terms, found, query.averageLength)) },
    { weight: WEIGHT.meaning, values: candidates.map(({ nearness = 0 }) => nearness) },
    { weight: WEIGHT.title, values: mentions.map(({ title }) => asked.share(title)) },
    { weight: WEIGHT.names, values: names(query.text, candidates) },
    { weight: WEIGHT.phrases, values: texts.map((terms) => asked.phrases(terms)) },
  ]).map((score, i) => score + WEIGHT.heading * headingMatch(asked, innermost[i] as Terms) + WEIGHT.opening * (opens[i] as number));
  const read = withSentences(query, asked, candidates, texts, scores);
  const together = company(candidates, texts, read, query);
  return read.map((score, i) => (score + WEIGHT.company * (together[i] as number)) / ALL);
}

/** The weighted sum of signals, each as a share of its greatest value. */
function addedUp(signals: readonly { readonly weight: number; readonly values: readonly number[] }[]): number[] {
  const scaled = signals.map(({ weight, values }) => ({ values, factor: weight / (Math.max(...values) || 1) }));
  return (signals[0]?.values ?? []).map((_, i) =>
    scaled.reduce((sum, { values, factor }) => sum + factor * Math.max(0, values[i] as number), 0),
  );
}

/** Adds the best sentences of those that lead; the others are taken to have none better than the worst of these. */
function withSentences(
  query: Query,
  asked: QuestionTerms,
  candidates: readonly Candidate[],
  texts: readonly Terms[],
  scores: readonly number[],
): number[] {
  const leaders = bestOf(scores, READ_CLOSELY);
  const read = closeReader(query, asked);
  const best = leaders.map((i) => read((candidates[i] as Candidate).text, texts[i] as Terms));
  const sums = addedUp([
    { weight: SENTENCE_WEIGHT.words, values: best.map(({ words }) => words) },
    { weight: SENTENCE_WEIGHT.meaning, values: best.map(({ meaning }) => meaning) },
    { weight: SENTENCE_WEIGHT.kind, values: best.map(({ kind }) => kind) },
  ]);
  const sumOf = new Map(leaders.map((candidate, i) => [candidate, sums[i] as number]));
  const least = Math.min(...sums);
  return scores.map((score, i) => score + (sumOf.get(i) ?? least));
}

/** How far the innermost heading and the question say the same: the harmonic mean of what each has of the other. */
function headingMatch(asked: QuestionTerms, innermost: Terms): number {
  if (innermost.distinct.length === 0 || asked.weighted.length === 0) return 0;
  const found = asked.counts(innermost);
  const shared = found.filter((count) => count > 0).length / innermost.distinct.length;
  const said = asked.share(found);
  return (2 * shared * said) / (shared + said || 1);
}

/** 1 where nothing but the title of a document named after the thing to be defined stands above; a README says there what it is. */
function openings(question: string, candidates: readonly Candidate[]): number[] {
  const read = readQuestion(question);
  if (read.intent !== "define") return candidates.map(() => 0);
  const thing = thingOf(read);
  return candidates.map(({ title, heading }) => ((heading === "" || heading === title) && isNamedAfter(nameIn(title), thing) ? 1 : 0));
}

/** The share of the question's names and numbers that stand in each candidate as they are written. */
function names(question: string, candidates: readonly Candidate[]): number[] {
  const asked = words(question)
    .filter(({ surface }, i) => /\d/.test(surface) || (i > 0 && /^\p{Lu}/u.test(surface)))
    .map(({ surface }) => surface);
  return candidates.map(({ title, heading, text }) => {
    const whole = `${text}\n${heading}\n${title}`;
    return asked.length === 0 ? 0 : asked.filter((name) => whole.includes(name)).length / asked.length;
  });
}

/** The indices of the `count` highest scores, highest first. */
export function bestOf(scores: readonly number[], count: number): number[] {
  return scores
    .map((_, i) => i)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number))
    .slice(0, count);
}
