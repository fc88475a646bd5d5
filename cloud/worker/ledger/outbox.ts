/**
 * Flushes on their way to the payment provider. One is open at a time; it is written in the transaction that makes its cents
 * billed, and closed when the provider is known to have counted it.
 *
 * The provider counts an identifier once within a day. So a flush is tried with one identifier for less than a day; is its
 * outcome then still unknown, the provider's own sum of the flush's minute, which no other flush of the account shares,
 * says whether it was counted. Only when it was not, it goes out again under a new identifier and minute.
 */
import { flush, unflush } from "../money/account.ts";
import { type AccountRow, flushDue, minuteOf } from "./account-row.ts";
import type { Sql } from "./sql.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long one identifier is used, under the day for which the provider knows it. */
const SAME_IDENTIFIER = 22 * HOUR;
/** How long after the last attempt the provider's sum is believed to hold it, if it arrived. */
const SETTLED_AFTER = 2 * HOUR;
const LONGEST_WAIT = 1 * HOUR;

export interface OpenFlush {
  readonly seq: number;
  readonly cents: number;
  /** Start of its minute, ms since 1970. */
  readonly minute: number;
  readonly attempts: number;
  readonly firstAttempt: number | null;
  readonly lastAttempt: number | null;
}

/** Opens a flush if one is due; inside the caller's transaction. */
export function openIfDue(sql: Sql, account: AccountRow, now: number): AccountRow {
  const due = flushDue(account);
  if (due === undefined || due > now) return account;
  const { account: flushed, cents } = flush(account);
  const minute = minuteOf(now);
  sql.all("INSERT INTO flush (cents, minute, state) VALUES (?, ?, 'open')", cents, minute);
  return { ...account, ...flushed, flushNext: now, flushMinute: minute };
}

export function openFlush(sql: Sql): OpenFlush | undefined {
  return sql.all<OpenFlush>("SELECT seq, cents, minute, attempts, firstAttempt, lastAttempt FROM flush WHERE state = 'open'")[0];
}

/** What is to be done now with an open flush: send it, look whether it has been counted, or wait. */
export function nextStep(open: OpenFlush, now: number): "send" | "look" | { readonly waitUntil: number } {
  if (open.firstAttempt === null || open.lastAttempt === null || now - open.firstAttempt < SAME_IDENTIFIER) return "send";
  const settled = open.lastAttempt + SETTLED_AFTER;
  return now >= settled ? "look" : { waitUntil: settled };
}

/** Notes an attempt before it is made; the next one is due later each time. */
export function noteAttempt(sql: Sql, account: AccountRow, open: OpenFlush, now: number): AccountRow {
  sql.all(
    "UPDATE flush SET attempts = attempts + 1, firstAttempt = coalesce(firstAttempt, ?), lastAttempt = ? WHERE seq = ?",
    now,
    now,
    open.seq,
  );
  return { ...account, flushNext: now + Math.min(LONGEST_WAIT, 10_000 * 2 ** open.attempts) };
}

/** Closes the open flush `seq`: counted. Nothing happens when it is no longer open. */
export function closeFlush(sql: Sql, account: AccountRow, seq: number): AccountRow {
  const [closed] = sql.all("UPDATE flush SET state = 'sent' WHERE seq = ? AND state = 'open' RETURNING seq", seq);
  return closed ? { ...account, flushNext: null } : account;
}

/** Gives the open flush a new identifier and minute, since it is known not to have been counted. */
export function replaceFlush(sql: Sql, account: AccountRow, open: OpenFlush, now: number): AccountRow {
  const minute = Math.max(minuteOf(now), account.flushMinute + MINUTE);
  sql.all("UPDATE flush SET state = 'replaced' WHERE seq = ? AND state = 'open'", open.seq);
  sql.all("INSERT INTO flush (cents, minute, state) VALUES (?, ?, 'open')", open.cents, minute);
  return { ...account, flushNext: Math.max(now, minute), flushMinute: minute };
}

/** The provider, having taken a flush, has refused it for good: its cents are unbilled again, once, and tried in a day. */
export function rejectFlush(sql: Sql, account: AccountRow, seq: number, now: number): AccountRow {
  const [row] = sql.all<{ cents: number; state: string }>("SELECT cents, state FROM flush WHERE seq = ?", seq);
  if (!row || (row.state !== "sent" && row.state !== "open")) return account;
  sql.all("UPDATE flush SET state = 'rejected' WHERE seq = ?", seq);
  const flushNext = row.state === "open" ? null : account.flushNext;
  return { ...account, ...unflush(account, row.cents), flushNext, flushMinute: Math.max(account.flushMinute, minuteOf(now) + DAY) };
}
