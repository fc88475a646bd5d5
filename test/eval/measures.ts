/** Measures of a ranking against the set of what is relevant; relevance is yes or no. */

/** Normalised discounted cumulative gain of the first `k`. */
export function ndcg(ranking: readonly string[], relevant: ReadonlySet<string>, k: number): number {
  const gain = (rank: number) => 1 / Math.log2(rank + 2);
  let got = 0;
  let ideal = 0;
  for (const [rank, id] of ranking.slice(0, k).entries()) if (relevant.has(id)) got += gain(rank);
  for (let rank = 0; rank < Math.min(k, relevant.size); rank++) ideal += gain(rank);
  return ideal === 0 ? 0 : got / ideal;
}

export function recall(ranking: readonly string[], relevant: ReadonlySet<string>, k: number): number {
  return ranking.slice(0, k).filter((id) => relevant.has(id)).length / relevant.size;
}

/** One over the rank of the first relevant one; 0 when there is none. */
export function reciprocalRank(ranking: readonly string[], relevant: ReadonlySet<string>): number {
  const rank = ranking.findIndex((id) => relevant.has(id));
  return rank === -1 ? 0 : 1 / (rank + 1);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
