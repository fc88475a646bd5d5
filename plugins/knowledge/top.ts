/** The positions of the `count` greatest scores, greatest first; of equal ones the earlier. */
export function topPositions(scores: Int32Array, count: number): number[] {
  const kept: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  const order = (a: number, b: number) => (scores[b] as number) - (scores[a] as number) || a - b;
  for (let i = 0; i < scores.length; i++) {
    if ((scores[i] as number) <= least) continue;
    kept.push(i);
    if (kept.length < 4 * count) continue;
    // Sorted in batches: cheaper than a heap, since after the first thousands almost nothing is kept.
    kept.sort(order).length = count;
    least = scores[kept[count - 1] as number] as number;
  }
  return kept.sort(order).slice(0, count);
}
