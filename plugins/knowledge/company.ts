import { saturation } from "./bm25.ts";
import type { Terms } from "./lexicon.ts";
import { bestOf, type Candidate, type Query } from "./rerank.ts";

/** Candidates whose words count, and how many of their words. */
const LEADERS = 10;
const SHARED_TERMS = 50;

/**
 * Pseudo-relevance feedback: how much each candidate says of what the leaders of the other documents say, from 0 to 1.
 * The more likely a leader, the more its words count (a relevance model). A document's own chunks do not count for it:
 * they are alike whatever is asked. Few documents bear little witness: with one alone it is 0.
 */
export function company(
  candidates: readonly Candidate[],
  texts: readonly Terms[],
  scores: readonly number[],
  { averageLength, rarity, lexicon }: Pick<Query, "averageLength" | "rarity" | "lexicon">,
): number[] {
  const leaders = bestOf(scores, LEADERS);
  const chances = softmax(leaders.map((i) => scores[i] as number));
  const paths = [...new Set(leaders.map((i) => candidates[i]?.path))];
  const spoken = leaders.map((i, at) => ({
    document: paths.indexOf(candidates[i]?.path),
    terms: texts[i] as Terms,
    chance: chances[at] as number,
  }));
  const shared = weighed(spoken, paths.length, averageLength, lexicon.size, (number) => rarity(lexicon.termOf(number)));
  const places = new Int32Array(lexicon.size);
  for (const [i, { number }] of shared.entries()) places[number] = i + 1;
  const saying = texts.map((terms) => saidOf(terms, places, shared.length, averageLength));
  const together = (said: Float64Array, of: (term: Shared) => number) =>
    shared.reduce((sum, term, i) => sum + (said[i] as number) * of(term), 0);
  const most = Math.max(...saying.map((said) => together(said, ({ all }) => all))) || 1;
  const factor = (paths.length - 1) / (LEADERS - 1) / most;
  return candidates.map(({ path }, i) => {
    const document = paths.indexOf(path);
    return factor * together(saying[i] as Float64Array, ({ all, by }) => all - (by[document] ?? 0));
  });
}

interface Spoken {
  /** Its number among the leaders' documents. */
  readonly document: number;
  readonly terms: Terms;
  readonly chance: number;
}

/** What a term weighs by all leaders together, and the part that each document has in it. */
interface Shared {
  readonly number: number;
  readonly all: number;
  readonly by: Float64Array;
}

/** The terms that weigh most, by what the leaders say and by rarity. */
function weighed(
  spoken: readonly Spoken[],
  documents: number,
  averageLength: number,
  termCount: number,
  rarity: (number: number) => number,
): Shared[] {
  const all = new Float64Array(termCount);
  const leaders = new Uint8Array(termCount);
  const met: number[] = [];
  eachSaid(spoken, averageLength, (number, part) => {
    if (leaders[number] === 0) met.push(number);
    leaders[number] = (leaders[number] as number) + 1;
    all[number] = (all[number] as number) + part;
  });
  // Chosen by a rarity among the leaders, which costs nothing.
  const promise = (number: number) => (all[number] as number) * Math.log((1 + spoken.length) / (leaders[number] as number));
  const chosen = met
    .map((number) => ({ number, promise: promise(number) }))
    .sort((a, b) => b.promise - a.promise)
    .slice(0, SHARED_TERMS);
  const shared = chosen.map(({ number }) => ({ number, worth: rarity(number) ** 2, by: new Float64Array(documents) }));
  const places = new Int32Array(termCount);
  for (const [i, { number }] of shared.entries()) places[number] = i + 1;
  eachSaid(spoken, averageLength, (number, part, document) => {
    const found = shared[(places[number] as number) - 1];
    if (found) found.by[document] = (found.by[document] as number) + part * found.worth;
  });
  return shared.map(({ number, worth, by }) => ({ number, all: (all[number] as number) * worth, by }));
}

/** Calls `found` with every term that a leader says, how much it says it, and its document. */
function eachSaid(spoken: readonly Spoken[], averageLength: number, found: (number: number, part: number, document: number) => void): void {
  for (const { terms, chance, document } of spoken)
    for (let i = 0; i < terms.distinct.length; i++)
      found(terms.distinct[i] as number, chance * saturation(terms.counts[i] as number, terms.words.length, averageLength), document);
}

/** How much a text says each of the shared terms. */
function saidOf({ distinct, counts, words }: Terms, places: Int32Array, count: number, averageLength: number): Float64Array {
  const said = new Float64Array(count);
  for (let i = 0; i < distinct.length; i++) {
    const place = places[distinct[i] as number] as number;
    if (place > 0) said[place - 1] = saturation(counts[i] as number, words.length, averageLength);
  }
  return said;
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - most));
  const all = odds.reduce((sum, odd) => sum + odd, 0);
  return odds.map((odd) => odd / all);
}
