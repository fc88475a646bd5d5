/** Whether work may begin: decided before it is done, over what is owed and what other work in progress may come to cost. */
import { type Account, owed } from "./account.ts";
import { exact } from "./nano-dollars.ts";
import type { PricedCall } from "./price-call.ts";
import { FREE_MONTHLY_LIMIT, type Tier } from "./tier.ts";

export interface Standing {
  readonly account: Account;
  readonly tier: Tier;
  /** Nano-dollars that may be owed at a time. */
  readonly ceiling: number;
  /** What is held for work in progress: charges, and on the free tier costs. */
  readonly held: number;
  readonly freeHeld: number;
  /** Cost of this month on the free tier. */
  readonly freeUsed: number;
  /** Whether an invoice could not be paid from the card. */
  readonly unpaid: boolean;
}

export type Refusal = "credit_ceiling_exceeded" | "payment_failed" | "free_limit_exceeded";

/** Why work that may cost this much may not begin, or undefined. */
export function refusal(standing: Standing, most: PricedCall): Refusal | undefined {
  const { account, tier, ceiling, held, freeHeld, freeUsed, unpaid } = standing;
  if (tier === "free") return exact(freeUsed + freeHeld + most.cost) > FREE_MONTHLY_LIMIT ? "free_limit_exceeded" : undefined;
  const uncovered = Math.max(0, exact(held + most.charge) - account.credits);
  if (unpaid && uncovered > 0) return "payment_failed";
  return exact(owed(account) + uncovered) > ceiling ? "credit_ceiling_exceeded" : undefined;
}
