/** The one row that says where an account stands, and when it next needs attention. */
import type { Account } from "../money/account.ts";
import { exact, NANO_PER_CENT } from "../money/nano-dollars.ts";
import { FLUSH_AT, type Tier } from "../money/tier.ts";
import type { Sql } from "./sql.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What is unbilled longer than this is billed however little it is, as long as it is a cent. */
export const FLUSH_AGE = 7 * DAY;

/** How long single events are kept; the days' sums stay. */
export const EVENTS_KEPT = 90 * DAY;

export interface AccountRow extends Account {
  readonly tier: Tier;
  readonly ceiling: number;
  readonly customer: string | null;
  readonly closed: number;
  readonly freeMonth: string;
  readonly freeUsed: number;
  readonly unbilledSince: number | null;
  readonly flushNext: number | null;
  readonly flushMinute: number;
  readonly rollupAt: number | null;
  readonly horizon: number;
}

export function readAccount(sql: Sql): AccountRow {
  const [row] = sql.all<AccountRow>("SELECT * FROM account");
  if (!row) throw new Error("the ledger has no account");
  return row;
}

/** Writes what of the row has changed; keeps `unbilledSince` true to `unbilled`. */
export function writeAccount(sql: Sql, before: AccountRow, row: AccountRow, now: number): AccountRow {
  const next = { ...row, unbilledSince: row.unbilled < NANO_PER_CENT ? null : (row.unbilledSince ?? now) };
  for (const amount of [next.credits, next.unbilled, next.billed, next.paid, next.freeUsed, next.ceiling]) exact(amount);
  const changed = COLUMNS.filter((name) => next[name] !== before[name]);
  if (changed.length === 0) return before;
  sql.all(`UPDATE account SET ${changed.map((name) => `${name} = ?`).join(", ")}`, ...changed.map((name) => next[name]));
  return next;
}

const COLUMNS = [
  "tier",
  "ceiling",
  "customer",
  "closed",
  "credits",
  "unbilled",
  "billed",
  "paid",
  "freeMonth",
  "freeUsed",
  "unbilledSince",
  "flushNext",
  "flushMinute",
  "rollupAt",
  "horizon",
] as const satisfies readonly (keyof AccountRow)[];

export const minuteOf = (time: number): number => time - (time % MINUTE);

/** Cost on the free tier in the month of `now`. */
export const freeUsedIn = (row: AccountRow, now: number): number => (row.freeMonth === monthOf(now) ? row.freeUsed : 0);
export const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** When a flush may be opened: none is open, somebody can be billed, and there is enough or it is old enough. */
export function flushDue(row: AccountRow): number | undefined {
  if (row.flushNext !== null || row.customer === null || row.unbilledSince === null) return undefined;
  const since = row.unbilled >= FLUSH_AT || row.closed ? 0 : row.unbilledSince + FLUSH_AGE;
  return Math.max(since, row.flushMinute + MINUTE);
}

/** When the account next needs attention of its own; undefined when never. */
export function dueAt(row: AccountRow): number | undefined {
  const times = [row.flushNext ?? undefined, flushDue(row), row.rollupAt ?? undefined].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}
