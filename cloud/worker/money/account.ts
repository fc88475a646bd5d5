/**
 * The arithmetic of one account. Nothing here reads a clock or a store: each function takes an account and gives the next.
 *
 * Of every charge, what credits cover is taken from them and the rest becomes unbilled. Whole cents of what is unbilled
 * become billed at a flush; the rest of a cent stays. So at any time, to the unit:
 * billed + unbilled = the sum of what credits did not cover.
 */
import { exact, exactNonNegative, NANO_PER_CENT, wholeCents } from "./nano-dollars.ts";

/** Nano-dollars. */
export interface Account {
  /** Paid in advance and not used yet. */
  readonly credits: number;
  /** Charged, and not yet told to the payment provider. */
  readonly unbilled: number;
  /** Told to the payment provider, ever: whole cents. */
  readonly billed: number;
  /** Of that, what has been paid. */
  readonly paid: number;
}

export const EMPTY_ACCOUNT: Account = { credits: 0, unbilled: 0, billed: 0, paid: 0 };

/** How a charge was met. */
export interface Split {
  readonly fromCredits: number;
  readonly toUnbilled: number;
}

/** What the user owes: charged, and not paid. */
export function owed({ unbilled, billed, paid }: Account): number {
  return exact(unbilled + billed - paid);
}

/** Credits first, the rest is unbilled. */
export function charge(account: Account, amount: number): { readonly account: Account; readonly split: Split } {
  const fromCredits = Math.min(account.credits, exactNonNegative(amount));
  const split = { fromCredits, toUnbilled: amount - fromCredits };
  return {
    account: { ...account, credits: account.credits - fromCredits, unbilled: exact(account.unbilled + split.toUnbilled) },
    split,
  };
}

export function addCredits(account: Account, amount: number): Account {
  return { ...account, credits: exact(account.credits + exactNonNegative(amount)) };
}

/** Takes back credits whose payment was undone; what has been used of them meanwhile is owed. */
export function reverseCredits(account: Account, amount: number): ReturnType<typeof charge> {
  return charge(account, amount);
}

/** Turns what is unbilled into whole cents to bill; the rest stays unbilled. */
export function flush(account: Account): { readonly account: Account; readonly cents: number } {
  const { cents, remainder } = wholeCents(account.unbilled);
  return { account: { ...account, unbilled: remainder, billed: exact(account.billed + cents * NANO_PER_CENT) }, cents };
}

/** Takes back a flush that the payment provider refused for good. */
export function unflush(account: Account, cents: number): Account {
  const amount = exactNonNegative(cents) * NANO_PER_CENT;
  return { ...account, unbilled: exact(account.unbilled + amount), billed: exactNonNegative(account.billed - amount) };
}

export function pay(account: Account, cents: number): Account {
  return { ...account, paid: exact(account.paid + exactNonNegative(cents) * NANO_PER_CENT) };
}

/** A payment that was undone: what it had paid is owed again. */
export function unpay(account: Account, cents: number): Account {
  return { ...account, paid: exact(account.paid - exactNonNegative(cents) * NANO_PER_CENT) };
}
