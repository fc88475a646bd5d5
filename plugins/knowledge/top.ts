/** Scores are counted in so many steps, from the least to the greatest. */
const STEPS = 1_024;

/** The positions of the `count` greatest scores, greatest first; of equal ones the earlier. */
export function topPositions(scores: Int32Array, count: number): number[] {
  const steps = stepsOf(scores);
  const lowest = lowestOf(steps, count);
  const kept: number[] = [];
  for (let i = 0; i < steps.length; i++) if ((steps[i] as number) >= lowest) kept.push(i); // few more than are wanted: sorting is dear
  return kept.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b).slice(0, count);
}

/** The step of each score: greater ones are on the same step or a higher one. */
function stepsOf(scores: Int32Array): Uint16Array {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) {
    least = Math.min(least, scores[i] as number);
    greatest = Math.max(greatest, scores[i] as number);
  }
  const scale = (STEPS - 1) / (greatest - least || 1);
  const steps = new Uint16Array(scores.length);
  for (let i = 0; i < scores.length; i++) steps[i] = ((scores[i] as number) - least) * scale;
  return steps;
}

/** The highest step from which on there are at least `count`. */
function lowestOf(steps: Uint16Array, count: number): number {
  const histogram = new Uint32Array(STEPS);
  for (let i = 0; i < steps.length; i++) histogram[steps[i] as number] = (histogram[steps[i] as number] as number) + 1;
  let lowest = STEPS - 1;
  for (let found = histogram[lowest] as number; found < count && lowest > 0; ) found += histogram[--lowest] as number;
  return lowest;
}
