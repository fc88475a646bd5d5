/** Amounts of money: whole nano-dollars (billionths of a US dollar), in numbers that hold them exactly. */

export const NANO_PER_CENT = 10_000_000;
export const NANO_PER_DOLLAR = 100 * NANO_PER_CENT;

/** An amount, or a count of tokens, that is not what it must be. */
export class AmountError extends RangeError {
  override readonly name = "AmountError";
}

/** `value`, when it is a whole number that a double holds exactly. @throws AmountError */
export function exact(value: number, what = "an amount"): number {
  if (!Number.isSafeInteger(value)) throw new AmountError(`${what} must be a whole number under 2^53`);
  return value;
}

/** `value`, when it is also not negative. @throws AmountError */
export function exactNonNegative(value: number, what = "an amount"): number {
  if (exact(value, what) < 0) throw new AmountError(`${what} must not be negative`);
  return value;
}

/** The one rounding rule: what does not divide goes up to the next unit. Both at or above 0. @throws AmountError */
export function divideUp(dividend: bigint, divisor: bigint): number {
  return exact(Number((dividend + divisor - 1n) / divisor));
}

/** The whole cents in an amount, and what is left of it, under a cent. The amount is at or above 0. */
export function wholeCents(nanoDollars: number): { readonly cents: number; readonly remainder: number } {
  const remainder = exactNonNegative(nanoDollars) % NANO_PER_CENT;
  return { cents: (nanoDollars - remainder) / NANO_PER_CENT, remainder };
}

/** Cents to show for an amount that stands alone: a part of a cent counts as one. */
export function shownCents(nanoDollars: number): number {
  return Math.sign(nanoDollars) * Math.ceil(Math.abs(nanoDollars) / NANO_PER_CENT);
}
