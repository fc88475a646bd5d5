import { saturation, type TermVector } from "./bm25.ts";
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
  terms: readonly TermVector[],
  scores: readonly number[],
  { averageLength, rarity }: Pick<Query, "averageLength" | "rarity">,
): number[] {
  const leaders = bestOf(scores, LEADERS);
  const chances = softmax(leaders.map((i) => scores[i] as number));
  const said = (i: number) => {
    const { counts, sequence } = terms[i] as TermVector;
    return new Map([...counts].map(([term, count]) => [term, saturation(count, sequence.length, averageLength)]));
  };
  const spoken = leaders.map((i, at) => ({ path: candidates[i]?.path, said: said(i), chance: chances[at] as number }));
  const shared = weighed(spoken, rarity);
  const saying = ({ counts, sequence }: TermVector, of: (term: string, weight: Shared) => number) => {
    let sum = 0;
    for (const [term, weight] of shared) {
      const count = counts.get(term);
      if (count !== undefined) sum += saturation(count, sequence.length, averageLength) * of(term, weight);
    }
    return sum;
  };
  const most = Math.max(...terms.map((vector) => saying(vector, (_, { all }) => all))) || 1;
  const documents = new Set(spoken.map(({ path }) => path)).size;
  const factor = (documents - 1) / (LEADERS - 1) / most;
  return candidates.map(({ path }, i) => factor * saying(terms[i] as TermVector, (_, { all, by }) => all - (by.get(path) ?? 0)));
}

interface Spoken {
  readonly path: string | undefined;
  readonly said: ReadonlyMap<string, number>;
  readonly chance: number;
}

/** What a term weighs by all leaders together, and the part that each document has in it. */
interface Shared {
  all: number;
  leaders: number;
  readonly by: Map<string | undefined, number>;
}

/** The terms that weigh most, by what the leaders say and by rarity. */
function weighed(spoken: readonly Spoken[], rarity: (term: string) => number): Map<string, Shared> {
  const found = new Map<string, Shared>();
  for (const { path, said, chance } of spoken)
    for (const [term, share] of said) {
      const shared = found.get(term) ?? { all: 0, leaders: 0, by: new Map() };
      shared.leaders++;
      shared.all += chance * share;
      shared.by.set(path, (shared.by.get(path) ?? 0) + chance * share);
      found.set(term, shared);
    }
  // Chosen by a rarity among the leaders, since the true one has to be looked up.
  const chosen = [...found]
    .map(([term, shared]) => ({ term, shared, promise: shared.all * Math.log((1 + spoken.length) / shared.leaders) }))
    .sort((a, b) => b.promise - a.promise)
    .slice(0, SHARED_TERMS);
  for (const { term, shared } of chosen) {
    const worth = rarity(term) ** 2;
    shared.all *= worth;
    for (const [path, part] of shared.by) shared.by.set(path, part * worth);
  }
  return new Map(chosen.map(({ term, shared }) => [term, shared]));
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - most));
  const all = odds.reduce((sum, odd) => sum + odd, 0);
  return odds.map((odd) => odd / all);
}
