/** What one call of a provider costs, and what is charged for it: each rounded once, from the exact figure. */
import { divideUp, exactNonNegative } from "./nano-dollars.ts";
import type { TokenPrice } from "./prices.ts";
import { CHARGED_PERCENT, type Tier } from "./tier.ts";

/** Tokens that a provider counted. */
export interface TokenCount {
  readonly in: number;
  readonly out: number;
}

/** Nano-dollars. */
export interface PricedCall {
  /** What the provider takes. */
  readonly cost: number;
  /** What the user is charged. */
  readonly charge: number;
}

const PER_MILLION = 1_000_000n;

/** @throws AmountError for what is negative, fractional or too large to be held exactly */
export function priceCall(tokens: TokenCount, price: TokenPrice, tier: Tier): PricedCall {
  const million = product(tokens.in, price.in) + product(tokens.out, price.out);
  return {
    cost: divideUp(million, PER_MILLION),
    charge: divideUp(million * BigInt(CHARGED_PERCENT[tier]), PER_MILLION * 100n),
  };
}

function product(tokens: number, price: number): bigint {
  return BigInt(exactNonNegative(tokens, "a count of tokens")) * BigInt(exactNonNegative(price, "a price"));
}
