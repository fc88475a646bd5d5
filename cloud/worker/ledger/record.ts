/** Usage that did happen: recorded once, whatever is sent again and in whatever order. */
import { charge } from "../money/account.ts";
import { exactNonNegative } from "../money/nano-dollars.ts";
import { type PricedCall, priceCall, type TokenCount } from "../money/price-call.ts";
import type { TokenPrice } from "../money/prices.ts";
import type { Tier } from "../money/tier.ts";
import { type AccountRow, dayOf, EVENTS_KEPT, freeUsedIn, monthOf } from "./account-row.ts";
import type { Sql } from "./sql.ts";

export interface UsageEvent {
  /** The same event has the same id, however often it is sent. */
  readonly id: string;
  /** When it happened. A time that has not come yet counts as now. */
  readonly at: number;
  readonly model: string;
  readonly tokens: TokenCount;
  readonly price: TokenPrice;
}

export interface Recorded extends PricedCall {
  readonly id: string;
  /** `too_old`: single events of that time are no longer kept, so nobody can tell whether it has been counted; it is not. */
  readonly outcome: "recorded" | "duplicate" | "too_old";
}

export interface RecordOptions {
  readonly tier: Tier;
  readonly now: number;
  /** Whether it is the first call of a request. */
  readonly opensRequest: boolean;
}

/** Records one event inside a transaction of the caller's; gives the account that is then to be written. */
export function record(
  sql: Sql,
  account: AccountRow,
  event: UsageEvent,
  { tier, now, opensRequest }: RecordOptions,
): { readonly account: AccountRow; readonly recorded: Recorded } {
  const at = Math.min(exactNonNegative(event.at, "a time"), now);
  if (at < account.horizon) return { account, recorded: { id: event.id, outcome: "too_old", cost: 0, charge: 0 } };
  const priced = priceCall(event.tokens, event.price, tier);
  const { account: charged, split } = charge(account, priced.charge);
  const sums = { ...priced, fromCredits: split.fromCredits, requests: opensRequest ? 1 : 0 };
  if (!insert(sql, { ...event, at }, tier, sums)) {
    const [known] = sql.all<PricedCall>("SELECT cost, charge FROM event WHERE id = ?", event.id);
    return { account, recorded: { id: event.id, outcome: "duplicate", ...(known ?? priced) } };
  }
  const free = tier === "free" ? { freeMonth: monthOf(now), freeUsed: freeUsedIn(account, now) + priced.cost } : {};
  const next = { ...account, ...charged, ...free, rollupAt: account.rollupAt ?? at + EVENTS_KEPT };
  return { account: next, recorded: { id: event.id, outcome: "recorded", ...priced } };
}

interface Sums extends PricedCall {
  readonly fromCredits: number;
  readonly requests: number;
}

/** False when the event is there already. */
function insert(sql: Sql, { id, at, model, tokens, price }: UsageEvent, tier: Tier, sums: Sums): boolean {
  const inserted = sql.all(
    "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
    id,
    at,
    model,
    tier,
    tokens.in,
    tokens.out,
    price.in,
    price.out,
    sums.cost,
    sums.charge,
    sums.fromCredits,
  );
  if (inserted.length === 0) return false;
  sql.all(
    `INSERT INTO day VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       requests = requests + excluded.requests, calls = calls + 1, tokensIn = tokensIn + excluded.tokensIn,
       tokensOut = tokensOut + excluded.tokensOut, cost = cost + excluded.cost, charge = charge + excluded.charge,
       fromCredits = fromCredits + excluded.fromCredits`,
    dayOf(at),
    model,
    tier,
    sums.requests,
    tokens.in,
    tokens.out,
    sums.cost,
    sums.charge,
    sums.fromCredits,
  );
  return true;
}

const DAY = 24 * 60 * 60_000;

/** Drops events that are no longer kept, once a day; their sums stay in their days. */
export function rollUp(sql: Sql, account: AccountRow, now: number): AccountRow {
  const horizon = Math.max(account.horizon, now - EVENTS_KEPT);
  sql.all("DELETE FROM event WHERE at < ?", horizon);
  const left = sql.all("SELECT 1 FROM event LIMIT 1");
  return { ...account, horizon, rollupAt: left.length > 0 ? now + DAY : null };
}
