import { type LogisticModel, weighted } from "../../pipeline/text/logistic.ts";

export interface Example {
  readonly features: Readonly<Record<string, number>>;
  readonly yes: boolean;
  readonly weight: number;
  /** What is known beforehand, added to the model's sum; then the model has no bias of its own. */
  readonly offset?: number;
}

/** L2 penalty on the weights of standardised features; small beside the thousand examples there are. */
const RIDGE = 3;
const STEPS = 30;

/**
 * Fits by Newton's method with a ridge. A feature that comes out with the wrong sign is left out and the rest fitted
 * again: on other documents it would do harm. So are features that never vary. Weights have three digits.
 *
 * @param against features that speak against a yes; all others speak for it.
 * @param fixed a model that stays as it is: only weights of features that it does not have are fitted on top of it.
 */
export function fitLogistic(given: readonly Example[], against: readonly string[], fixed?: LogisticModel): LogisticModel {
  const examples = fixed ? given.map((example) => beside(example, fixed)) : given;
  let names = [...new Set(examples.flatMap(({ features }) => Object.keys(features)))]
    .sort()
    .filter((name) => deviation(examples, name) > 1e-9);
  for (;;) {
    const model = fitOnce(examples, names);
    const wrong = names.filter((name) => Math.sign(model.weights[name] ?? 0) === (against.includes(name) ? 1 : -1));
    if (wrong.length === 0)
      return {
        bias: round(model.bias),
        weights: Object.fromEntries(Object.entries(model.weights).map(([name, weight]) => [name, round(weight)])),
      };
    const worst = wrong.reduce((a, b) => (harm(model, examples, a) >= harm(model, examples, b) ? a : b));
    names = names.filter((name) => name !== worst);
  }
}

/** The example without the features of a model, and what that model makes of it. */
function beside({ features, ...rest }: Example, model: LogisticModel): Example {
  const others = Object.entries(features).filter(([name]) => model.weights[name] === undefined);
  return { ...rest, features: Object.fromEntries(others), offset: model.bias + weighted(model.weights, features) };
}

function harm(model: LogisticModel, examples: readonly Example[], name: string): number {
  return Math.abs(model.weights[name] ?? 0) * deviation(examples, name);
}

function fitOnce(examples: readonly Example[], names: readonly string[]): LogisticModel {
  const isFree = examples[0]?.offset === undefined;
  const scales = names.map((name) => ({ mean: isFree ? mean(examples, name) : 0, deviation: deviation(examples, name) }));
  const rows = examples.map(({ features }) => [
    isFree ? 1 : 0,
    ...names.map((name, i) => ((features[name] ?? 0) - (scales[i]?.mean ?? 0)) / (scales[i]?.deviation ?? 1)),
  ]);
  const solved = newton(rows, examples);
  const weights = names.map((_, i) => (solved[i + 1] ?? 0) / (scales[i]?.deviation ?? 1));
  const bias = weights.reduce((sum, weight, i) => sum - weight * (scales[i]?.mean ?? 0), solved[0] ?? 0);
  return { bias, weights: Object.fromEntries(names.map((name, i) => [name, weights[i] ?? 0])) };
}

function newton(rows: readonly (readonly number[])[], examples: readonly Example[]): number[] {
  const size = rows[0]?.length ?? 0;
  let at: number[] = new Array<number>(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = at.map((value, i) => (i === 0 ? 0 : -RIDGE * value));
    const curvature = at.map((_, i) => at.map((_, j) => (i === j && i > 0 ? RIDGE : i === j ? 1e-6 : 0)));
    for (const [n, row] of rows.entries()) {
      const { yes, weight, offset = 0 } = examples[n] as Example;
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, i) => sum + value * (at[i] as number), offset)));
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

function mean(examples: readonly Example[], name: string): number {
  return examples.reduce((sum, { features }) => sum + (features[name] ?? 0), 0) / Math.max(1, examples.length);
}

function deviation(examples: readonly Example[], name: string): number {
  const middle = mean(examples, name);
  return Math.sqrt(examples.reduce((sum, { features }) => sum + ((features[name] ?? 0) - middle) ** 2, 0) / Math.max(1, examples.length));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
