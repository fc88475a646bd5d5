import type { LogisticModel } from "../../pipeline/text/logistic.ts";

export interface Example {
  readonly features: Readonly<Record<string, number>>;
  readonly yes: boolean;
  readonly weight: number;
}

/** L2 penalty on the weights of standardised features; small beside the thousand examples there are. */
const RIDGE = 3;
const STEPS = 30;

/** Fits by Newton's method with a ridge; features that never vary are left out. Weights have three digits. */
export function fitLogistic(examples: readonly Example[]): LogisticModel {
  const names = [...new Set(examples.flatMap(({ features }) => Object.keys(features)))].sort();
  const scales = names.map((name) => scaleOf(examples.map(({ features }) => features[name] ?? 0)));
  const used = names.filter((_, i) => (scales[i]?.deviation ?? 0) > 1e-9);
  const scale = (name: string) => scales[names.indexOf(name)] ?? { mean: 0, deviation: 1 };
  const rows = examples.map(({ features }) => [
    1,
    ...used.map((name) => ((features[name] ?? 0) - scale(name).mean) / scale(name).deviation),
  ]);
  const solved = newton(rows, examples);
  const weights = used.map((name, i) => [name, (solved[i + 1] ?? 0) / scale(name).deviation] as const);
  const bias = (solved[0] ?? 0) - weights.reduce((sum, [name, weight]) => sum + weight * scale(name).mean, 0);
  return { bias: round(bias), weights: Object.fromEntries(weights.map(([name, weight]) => [name, round(weight)])) };
}

function newton(rows: readonly (readonly number[])[], examples: readonly Example[]): number[] {
  const size = rows[0]?.length ?? 0;
  let at: number[] = new Array<number>(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = at.map((value, i) => (i === 0 ? 0 : -RIDGE * value));
    const curvature = at.map((_, i) => at.map((_, j) => (i === j && i > 0 ? RIDGE : i === j ? 1e-6 : 0)));
    for (const [n, row] of rows.entries()) {
      const { yes, weight } = examples[n] as Example;
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, i) => sum + value * (at[i] as number), 0)));
      for (const [i, value] of row.entries()) {
        gradient[i] = (gradient[i] as number) + weight * ((yes ? 1 : 0) - p) * value;
        const line = curvature[i] as number[];
        for (const [j, other] of row.entries()) line[j] = (line[j] as number) + weight * p * (1 - p) * value * other;
      }
    }
    const move = solve(curvature, gradient);
    at = at.map((value, i) => value + (move[i] as number));
  }
  return at;
}

/** Gaussian elimination with partial pivoting; `matrix` is symmetric and positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  for (let column = 0; column < rows.length; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row, i) => (Math.abs(row[column] as number) > Math.abs(rows[best]?.[column] as number) ? column + i : best), column);
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = (row[column] as number) / (rows[column]?.[column] as number);
      for (let j = column; j <= rows.length; j++) row[j] = (row[j] as number) - factor * (rows[column]?.[j] as number);
    }
  }
  return rows.map((row, i) => (row[rows.length] as number) / (row[i] as number));
}

function scaleOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
