/** Random usage, and what it must come to, computed by other means than the ledger's. */
import type { UsageEvent } from "../ledger/record.ts";

export type Random = () => number;

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PRICES = [
  { in: 15_000_000_000, out: 75_000_000_000 },
  { in: 2_293_000_001, out: 12_253_000_007 },
  { in: 75_000_003, out: 1 },
];

export function randomEvent(random: Random, id: string, at: number): UsageEvent {
  const whole = (below: number) => Math.floor(random() * below);
  return {
    id,
    at,
    model: `model-${whole(3)}`,
    tokens: { in: whole(4000), out: whole(900) },
    price: PRICES[whole(PRICES.length)] ?? { in: 1, out: 1 },
  };
}

/** What an event must be charged, in nano-dollars. */
export function expectedCharge({ tokens, price }: Pick<UsageEvent, "tokens" | "price">, percent: bigint): bigint {
  const hundredMillionths = (BigInt(tokens.in) * BigInt(price.in) + BigInt(tokens.out) * BigInt(price.out)) * percent;
  const whole = hundredMillionths / 100_000_000n;
  return hundredMillionths % 100_000_000n === 0n ? whole : whole + 1n;
}
