/** What a person pays on each tier. Percentages are of what the provider takes. */
import { NANO_PER_DOLLAR } from "./nano-dollars.ts";

export const TIERS = ["free", "managed", "byok"] as const;
export type Tier = (typeof TIERS)[number];

/**
 * Percent of the cost that is charged. Managed: the cost and 3%. With one's own key the provider bills the cost itself,
 * and the fee is 30% of it. Free: nothing, up to a monthly limit of cost.
 */
export const CHARGED_PERCENT: Readonly<Record<Tier, number>> = { free: 0, managed: 103, byok: 30 };

/** What the free tier may cost in a calendar month (UTC), in nano-dollars. */
export const FREE_MONTHLY_LIMIT = 1 * NANO_PER_DOLLAR;

/** What may be owed at a time, in nano-dollars, unless somebody has set another ceiling. */
export const DEFAULT_CEILING = 100 * NANO_PER_DOLLAR;

/** What is owed is billed at this amount, in nano-dollars; or when it is old. */
export const FLUSH_AT = 5 * NANO_PER_DOLLAR;
