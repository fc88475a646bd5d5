/** What the cloud says of this account's money, and what is changed of it. */
import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { CloudRefusal } from "../../../plugins/account/index.ts";
import { LedgerStore, syncUsage } from "../../../plugins/billing/index.ts";
import type { Config } from "../config.ts";
import { openCloudApi } from "./account.ts";
import { decimalDollars } from "./money.ts";
import { balanceForm, cloudAccount, statementAt, usageCloud } from "./usage-cloud.ts";

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
  /** Invoices that could not be paid from the card, and where each can be. */
  readonly unpaid: readonly { readonly amount: string; readonly page: string | null }[];
  /** Requests that your own key paid, and that the cloud could not be told of yet. */
  readonly untold: number;
}

/** What waits for the cloud is sent first, so that the balance has it. @throws SynesisError CLOUD_* */
export async function readBalance(home: string, config: Config, signal: AbortSignal): Promise<Balance> {
  const api = openCloudApi(home, config);
  const read = () => api.get("/v1/billing/balance", { schema: balanceForm, signal });
  return withLedger(home, async (store) => {
    const account = cloudAccount(home, config);
    if (account === undefined) return inDollars(await read(), 0);
    if (store.waits(account)) await syncUsage(store, usageCloud(api, account), signal).catch(refusedOnly);
    const at = Date.now();
    const balance = await read();
    store.keepStatement({ account, ...statementAt(at, balance) });
    return inDollars(balance, store.queue(account).requests);
  });
}

/** A key that may look and not tell is a good key for looking. */
function refusedOnly(error: unknown): void {
  if (!(error instanceof CloudRefusal)) throw error;
}

function inDollars({ tier, unbilled, credits, ceiling, owed, held, free, unpaid }: z.infer<typeof balanceForm>, untold: number): Balance {
  return {
    tier,
    unbilled: decimalDollars(unbilled),
    credits: decimalDollars(credits),
    ceiling: decimalDollars(ceiling),
    owed: decimalDollars(owed),
    held: decimalDollars(held),
    free: { limit: decimalDollars(free.limit), used: decimalDollars(free.used) },
    unpaid: unpaid.map(({ amount, page }) => ({ amount: decimalDollars(amount), page })),
    untold,
  };
}

export async function withLedger<T>(home: string, work: (store: LedgerStore) => T | Promise<T>): Promise<T> {
  const store = new LedgerStore(home);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

const page = z.object({ id: z.string(), url: z.url() });
/** Where a person pays; card data goes there alone. */
export type Page = z.infer<typeof page>;

const LEAST_CENTS = 100;
const MOST_CENTS = 100_000;

/** Dollars as typed, in whole cents, without a rounding: `10`, `$10`, `10.50`. @throws SynesisError USAGE */
export function parseDollars(text: string): number {
  const [, dollars, cents = ""] = /^\$?(\d{1,6})(?:\.(\d{1,2}))?$/.exec(text.trim()) ?? [];
  const amount = dollars === undefined ? Number.NaN : Number(dollars) * 100 + Number(cents.padEnd(2, "0"));
  if (amount >= LEAST_CENTS && amount <= MOST_CENTS) return amount;
  throw new SynesisError("USAGE", "The amount is not one that can be paid in.", {
    next: "Give dollars and cents, from 1 to 1000: synesis cloud topup 10.50",
  });
}

/** @throws SynesisError CLOUD_* */
export async function topUp(home: string, config: Config, cents: number, signal: AbortSignal): Promise<Page> {
  const idempotencyKey = randomUUID();
  return openCloudApi(home, config).post("/v1/billing/topup", { body: { cents, idempotencyKey }, idempotencyKey, schema: page, signal });
}

const chosen = z.object({ tier: z.nullable(z.string()), checkout: z.nullable(page) });
/** The tier that holds now; or null, and the page where the subscription for it is made. */
export type Chosen = z.infer<typeof chosen>;

/** What was used until now is told first: it is of the tier that holds now. @throws SynesisError CLOUD_* */
export async function chooseTier(home: string, config: Config, tier: string, signal: AbortSignal): Promise<Chosen> {
  const api = openCloudApi(home, config);
  return withLedger(home, async (store) => {
    const account = cloudAccount(home, config);
    if (account !== undefined) await syncUsage(store, usageCloud(api, account), signal);
    const result = await api.put("/v1/billing/tier", { body: { tier }, schema: chosen, signal });
    const known = account === undefined ? undefined : store.statement(account);
    if (known && result.tier !== null) store.keepStatement({ ...known, at: Date.now(), tier: result.tier });
    return result;
  });
}
