/** One list of chunk ids, best first, and how much its order counts. */
export interface Ranking {
  readonly ids: readonly number[];
  readonly weight: number;
}

/** Dampens the first places; the usual constant of reciprocal rank fusion. */
const K = 60;

export interface Scored {
  readonly id: number;
  readonly score: number;
}

/** Reciprocal rank fusion: ids with a score from 0 to 1, best first. */
export function fuse(rankings: readonly Ranking[]): Scored[] {
  const scores = new Map<number, number>();
  const best = rankings.reduce((sum, { weight }) => sum + weight, 0) / (K + 1);
  for (const { ids, weight } of rankings)
    for (const [rank, id] of ids.entries()) scores.set(id, (scores.get(id) ?? 0) + weight / (K + rank + 1) / best);
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || a.id - b.id);
}
