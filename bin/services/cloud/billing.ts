/** What the cloud says of this account's money. */
import * as z from "zod/mini";
import type { Config } from "../config.ts";
import { openCloudApi } from "./account.ts";
import { decimalDollars } from "./money.ts";

const amount = z.int();
const balance = z.object({
  tier: z.string(),
  unbilled: amount,
  credits: amount,
  ceiling: amount,
  owed: amount,
  held: amount,
  free: z.object({ limit: amount, used: amount }),
});

/** Amounts are dollars as exact decimals. */
export interface Balance {
  readonly tier: string;
  /** Charged, and not yet on an invoice. */
  readonly unbilled: string;
  /** Paid in advance, and not used yet. */
  readonly credits: string;
  /** What may be owed at most. */
  readonly ceiling: string;
  /** Charged, and not paid. */
  readonly owed: string;
  /** Set aside for work in progress. */
  readonly held: string;
  /** Of this month, on the free tier. */
  readonly free: { readonly limit: string; readonly used: string };
}

/** @throws SynesisError CLOUD_* */
export async function readBalance(home: string, config: Config, signal: AbortSignal): Promise<Balance> {
  const told = await openCloudApi(home, config).get("/v1/billing/balance", { schema: balance, signal });
  const { tier, free } = told;
  return {
    tier,
    unbilled: decimalDollars(told.unbilled),
    credits: decimalDollars(told.credits),
    ceiling: decimalDollars(told.ceiling),
    owed: decimalDollars(told.owed),
    held: decimalDollars(told.held),
    free: { limit: decimalDollars(free.limit), used: decimalDollars(free.used) },
  };
}
