/** A small logistic model over named features: how an agent turns what it saw into a probability. */
export interface LogisticModel {
  readonly bias: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** Probability from 0 to 1. A feature that the model does not name, or that is not a number, counts for nothing. */
export function probability({ bias, weights }: LogisticModel, features: Readonly<Record<string, number>>): number {
  return 1 / (1 + Math.exp(-(bias + weighted(weights, features))));
}

/** Σ weight × feature. */
export function weighted(weights: Readonly<Record<string, number>>, features: Readonly<Record<string, number>>): number {
  let total = 0;
  for (const [name, weight] of Object.entries(weights)) {
    const value = features[name] ?? 0;
    if (Number.isFinite(value)) total += weight * value;
  }
  return total;
}
