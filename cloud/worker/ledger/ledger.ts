/**
 * The ledger of one user. Every method is one transaction, and may be called again with the same ids: what has been done
 * is not done twice. Amounts are in nano-dollars, times in ms since 1970.
 */
import { addCredits, owed, pay, reverseCredits, unpay } from "../money/account.ts";
import { type Refusal, refusal } from "../money/allow.ts";
import { exactNonNegative, NANO_PER_CENT, shownCents } from "../money/nano-dollars.ts";
import { type PricedCall, priceCall } from "../money/price-call.ts";
import { FREE_MONTHLY_LIMIT, type Tier } from "../money/tier.ts";
import { type AccountRow, dayOf, dueAt, freeUsedIn, readAccount, writeAccount } from "./account-row.ts";
import { openIfDue } from "./outbox.ts";
import { countedOf, type GuestUse, holdForProject, type ProjectWork, projectRefusal, projectUse, useForProject } from "./project-use.ts";
import { type Recorded, record, rollUp, type UsageEvent } from "./record.ts";
import { type RequestCost, requestCost } from "./request-cost.ts";
import type { Sql } from "./sql.ts";
import { type FailedInvoice, failInvoice, forgetInvoice, type UnpaidInvoice, unpaidInvoices } from "./unpaid.ts";

const DAY = 24 * 60 * 60_000;

/** How long the tier of an expired hold is remembered, for an answer that comes late. */
const EXPIRED_HOLDS_KEPT = DAY;

export type UsageCall = Omit<UsageEvent, "id" | "at">;

export interface HoldRequest {
  readonly id: string;
  /** The most that the work may come to: every call that it may make. */
  readonly most: readonly UsageCall[];
  readonly expiresIn: number;
  /** Set for work that has limits of a project's and a guest's too. */
  readonly work?: ProjectWork;
}

export type HoldOutcome =
  | ({ readonly outcome: "held"; readonly tier: Tier } & PricedCall)
  /** The same request is being worked on. */
  | { readonly outcome: "in_progress" }
  /** The same request has been settled before. */
  | { readonly outcome: "settled" }
  | { readonly outcome: Refusal | "account_closed" | "guest_quota_exceeded" | "project_budget_exceeded" };

export interface Balance {
  readonly tier: Tier;
  readonly unbilled: number;
  readonly credits: number;
  readonly ceiling: number;
  readonly owed: number;
  readonly held: number;
  readonly billed: number;
  readonly free: { readonly limit: number; readonly used: number };
  /** Invoices that could not be paid from the card. */
  readonly unpaid: readonly UnpaidInvoice[];
  /** Cents to show. */
  readonly cents: { readonly unbilled: number; readonly credits: number; readonly ceiling: number };
}

export interface DayUsage {
  readonly day: string;
  readonly requests: number;
  readonly calls: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cost: number;
  readonly charge: number;
  readonly fromCredits: number;
}

/** `credit`: money paid in advance. `reversal`: such money was taken back. `payment`, `unpayment`: the same of an invoice. */
export interface Movement {
  readonly id: string;
  readonly kind: "credit" | "reversal" | "payment" | "unpayment";
  readonly cents: number;
}

export class Ledger {
  readonly #sql: Sql;
  readonly #now: () => number;
  /** As the table has it: nobody else writes there. Replaced only when a transaction has ended well. */
  #account: AccountRow;

  constructor(sql: Sql, now: () => number) {
    this.#sql = sql;
    this.#now = now;
    this.#account = readAccount(sql);
  }

  /** Whether work that may cost this much may begin; if so its cost is held until it is settled, released or expired. */
  hold({ id, most, expiresIn, work }: HoldRequest): HoldOutcome {
    return this.change<HoldOutcome>((account, now) => {
      if (this.#sql.all("SELECT 1 FROM event WHERE id = ?", `${id}:0`).length > 0) return { account, result: { outcome: "settled" } };
      if (account.closed) return { account, result: { outcome: "account_closed" } };
      if (this.#sql.all("SELECT 1 FROM hold WHERE id = ? AND expires > ?", id, now).length > 0)
        return { account, result: { outcome: "in_progress" } };
      this.#sql.all("DELETE FROM hold WHERE expires < ? OR id = ?", now - EXPIRED_HOLDS_KEPT, id);
      const priced = total(most.map(({ tokens, price }) => priceCall(tokens, price, account.tier)));
      const refused = refusal({ account, ...account, ...this.#standing(now), freeUsed: freeUsedIn(account, now) }, priced);
      const counted = countedOf(priced, account.tier);
      const beyond = refused ?? (work && projectRefusal(this.#sql, work, counted, now));
      if (beyond) return { account, result: { outcome: beyond } };
      if (work) holdForProject(this.#sql, id, work, counted);
      const expires = now + exactNonNegative(expiresIn, "a time");
      this.#sql.all("INSERT INTO hold VALUES (?, ?, ?, ?, ?)", id, account.tier, priced.cost, priced.charge, expires);
      return { account, result: { outcome: "held", tier: account.tier, ...priced } };
    });
  }

  /** Records what the work took, on the tier it was begun on, also when its hold has expired; the hold ends. */
  settle(id: string, calls: readonly UsageCall[]): Recorded[] {
    return this.change((account, now) => {
      const [hold] = this.#sql.all<{ tier: Tier }>("DELETE FROM hold WHERE id = ? RETURNING tier", id);
      const events = calls.map((call, n) => ({ ...call, id: `${id}:${n}`, at: now }));
      const tier = hold?.tier ?? account.tier;
      const done = this.#recordAll(account, events, { tier, now, requestsPerEvent: false });
      useForProject(this.#sql, id, countedOf(total(done.result.filter(({ outcome }) => outcome === "recorded")), tier));
      return done;
    });
  }

  /** Ends a hold whose work took nothing. */
  release(id: string): void {
    this.#sql.all("DELETE FROM hold WHERE id = ?", id);
  }

  /** Records usage that happened elsewhere; each event is a request of its own. */
  record(events: readonly UsageEvent[]): Recorded[] {
    return this.change((account, now) => this.#recordAll(account, events, { tier: account.tier, now, requestsPerEvent: true }));
  }

  /** Notes money that came or was taken back; false when that was noted before. */
  move({ id, kind, cents }: Movement): boolean {
    return this.change((account, now) => {
      const amount = exactNonNegative(cents, "an amount of cents") * NANO_PER_CENT;
      const known = this.#sql.all("SELECT 1 FROM movement WHERE id = ?", id);
      if (known.length > 0) return { account, result: false };
      if (kind === "payment") forgetInvoice(this.#sql, id);
      const reversal = kind === "reversal" ? reverseCredits(account, amount) : undefined;
      this.#sql.all("INSERT INTO movement VALUES (?, ?, ?, ?, ?)", id, now, kind, amount, reversal?.split.toUnbilled ?? 0);
      if (reversal) return { account: { ...account, ...reversal.account }, result: true };
      const next = kind === "credit" ? addCredits(account, amount) : kind === "payment" ? pay(account, cents) : unpay(account, cents);
      return { account: { ...account, ...next }, result: true };
    });
  }

  /** An invoice could not be paid; one that has been paid since changes nothing. */
  failPayment(invoice: FailedInvoice): void {
    this.change((account, now) => ({ account, result: failInvoice(this.#sql, invoice, now) }));
  }

  /** From now on; work that has begun stays on its tier. */
  setTier(tier: Tier): void {
    this.change((account) => ({ account: { ...account, tier }, result: undefined }));
  }

  setCeiling(ceiling: number): void {
    this.change((account) => ({ account: { ...account, ceiling: exactNonNegative(ceiling) }, result: undefined }));
  }

  /** Whom the payment provider bills; until there is one, what is unbilled stays so, up to the ceiling. */
  setCustomer(customer: string): void {
    this.change((account) => ({ account: { ...account, customer }, result: undefined }));
  }

  /** No new work; what has begun is still recorded, and what is owed is billed at once. */
  close(): void {
    this.change((account) => ({ account: { ...account, closed: 1 }, result: undefined }));
  }

  balance(): Balance {
    const now = this.#now();
    const account = this.#account;
    const { tier, unbilled, credits, ceiling, billed } = account;
    return {
      tier,
      unbilled,
      credits,
      ceiling,
      billed,
      owed: owed(account),
      held: this.#standing(now).held,
      free: { limit: FREE_MONTHLY_LIMIT, used: freeUsedIn(account, now) },
      unpaid: unpaidInvoices(this.#sql),
      cents: { unbilled: shownCents(unbilled), credits: Math.floor(credits / NANO_PER_CENT), ceiling: shownCents(ceiling) },
    };
  }

  /** The last `days` days with usage, newest first; a day is one of UTC. */
  statement(days: number): DayUsage[] {
    const first = dayOf(this.#now() - (exactNonNegative(days, "a number of days") - 1) * DAY);
    return this.#sql.all<DayUsage>(
      `SELECT day, sum(requests) AS requests, sum(calls) AS calls, sum(tokensIn) AS tokensIn, sum(tokensOut) AS tokensOut,
         sum(cost) AS cost, sum(charge) AS charge, sum(fromCredits) AS fromCredits
       FROM day WHERE day >= ? GROUP BY day ORDER BY day DESC`,
      first,
    );
  }

  /** What one request has come to. @param holds what the first attempt at it is called, by every way in which it may be asked */
  requestCost(holds: readonly string[]): RequestCost {
    return requestCost(this.#sql, holds, this.#now());
  }

  /** What a project's questions have cost, by guest; the user's own under "". */
  projectUse(project: string): GuestUse[] {
    return projectUse(this.#sql, project, this.#now());
  }

  /** Does what its own clock asks for: drops old events, opens a flush that is due. */
  tend(): void {
    this.change((account, now) => ({
      account: account.rollupAt !== null && account.rollupAt <= now ? rollUp(this.#sql, account, now) : account,
      result: undefined,
    }));
  }

  /** When it next needs `tend`, or an open flush its next step; undefined when never. */
  due(): number | undefined {
    return dueAt(this.#account);
  }

  /** Changes the account in a transaction of its own, and opens a flush in the same one if it has come to be due. */
  change<T>(work: (account: AccountRow, now: number, sql: Sql) => { readonly account: AccountRow; readonly result: T }): T {
    const now = this.#now();
    const before = this.#account;
    const done = this.#sql.transaction(() => {
      const { account, result } = work(before, now, this.#sql);
      const after = openIfDue(this.#sql, account, now);
      return { account: after === before ? before : writeAccount(this.#sql, before, after, now), result };
    });
    this.#account = done.account;
    return done.result;
  }

  #recordAll(
    account: AccountRow,
    events: readonly UsageEvent[],
    { tier, now, requestsPerEvent }: { readonly tier: Tier; readonly now: number; readonly requestsPerEvent: boolean },
  ): { readonly account: AccountRow; readonly result: Recorded[] } {
    let next = account;
    const result = events.map((event, n) => {
      const { account: after, recorded } = record(this.#sql, next, event, { tier, now, opensRequest: requestsPerEvent || n === 0 });
      next = after;
      return recorded;
    });
    return { account: next, result };
  }

  /** What a hold looks at beside the account, in one statement. */
  #standing(now: number): { readonly held: number; readonly freeHeld: number; readonly unpaid: boolean } {
    const [sums] = this.#sql.all<{ held: number; freeHeld: number; unpaid: number }>(
      `SELECT coalesce(sum(charge), 0) AS held, coalesce(sum(CASE tier WHEN 'free' THEN cost ELSE 0 END), 0) AS freeHeld,
         EXISTS (SELECT 1 FROM unpaid) AS unpaid FROM hold WHERE expires > ?`,
      now,
    );
    return { held: sums?.held ?? 0, freeHeld: sums?.freeHeld ?? 0, unpaid: sums?.unpaid === 1 };
  }
}

function total(calls: readonly PricedCall[]): PricedCall {
  return calls.reduce((sum, { cost, charge }) => ({ cost: sum.cost + cost, charge: sum.charge + charge }), { cost: 0, charge: 0 });
}
