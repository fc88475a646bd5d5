/** What providers take for tokens: data with dates, so that yesterday's call keeps yesterday's price. */
import { NANO_PER_DOLLAR } from "./nano-dollars.ts";

/** Nano-dollars for a million tokens. */
export interface TokenPrice {
  readonly in: number;
  readonly out: number;
}

export interface DatedPrice extends TokenPrice {
  readonly model: string;
  /** Holds from this day on (UTC, YYYY-MM-DD). */
  readonly from: string;
}

const dollars = (amount: number) => Math.round(amount * NANO_PER_DOLLAR);

/**
 * List prices, to be checked against the providers' pages before a deployment; a deployment may give its own list.
 * A model's newest row that has begun is the one that holds.
 */
export const PRICES: readonly DatedPrice[] = [
  { model: "claude-sonnet", from: "2025-05-22", in: dollars(3), out: dollars(15) },
  { model: "claude-opus", from: "2025-05-22", in: dollars(15), out: dollars(75) },
  { model: "gpt-4-turbo", from: "2024-04-09", in: dollars(10), out: dollars(30) },
  { model: "llama-3.3-70b", from: "2025-01-01", in: dollars(0.293), out: dollars(2.253) },
  // Not offered here: a device asks them with its user's own key.
  { model: "claude-haiku", from: "2025-10-15", in: dollars(1), out: dollars(5) },
  { model: "gpt-4.1", from: "2025-04-14", in: dollars(2), out: dollars(8) },
  { model: "gpt-4.1-mini", from: "2025-04-14", in: dollars(0.4), out: dollars(1.6) },
  { model: "gpt-5", from: "2025-08-07", in: dollars(1.25), out: dollars(10) },
  { model: "gpt-5-mini", from: "2025-08-07", in: dollars(0.25), out: dollars(2) },
];

/** The price of a model at a time (ms since 1970), or undefined where no row holds. */
export function priceAt(model: string, at: number, prices: readonly DatedPrice[] = PRICES): TokenPrice | undefined {
  const rows = prices.filter((row) => row.model === model && Date.parse(row.from) <= at);
  return rows.reduce<DatedPrice | undefined>((newest, row) => (newest && newest.from >= row.from ? newest : row), undefined);
}
