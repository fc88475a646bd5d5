import { DurableObject } from "cloudflare:workers";
import type { Tier } from "../money/tier.ts";
import type { StripeSettings } from "../payments/stripe.ts";
import { stripeMeter } from "../payments/stripe-meter.ts";
import { durableSql } from "./durable-sql.ts";
import { type Balance, type DayUsage, type HoldOutcome, type HoldRequest, Ledger, type Movement, type UsageCall } from "./ledger.ts";
import { rejectFlush } from "./outbox.ts";
import type { GuestUse } from "./project-use.ts";
import type { Recorded, UsageEvent } from "./record.ts";
import type { RequestCost } from "./request-cost.ts";
import { migrate } from "./schema.ts";
import { sendFlush } from "./send-flush.ts";
import type { FailedInvoice } from "./unpaid.ts";

/**
 * One user's ledger: a thin shell. What it does is in ledger.ts; here are its storage, its clock, and its alarm, which is
 * only ever moved forward, since setting an alarm replaces the one before.
 */
export class BillingLedger extends DurableObject<StripeSettings> {
  readonly #ledger: Ledger;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: StripeSettings) {
    super(ctx, env);
    const sql = durableSql(ctx.storage);
    migrate(sql);
    this.#ledger = new Ledger(sql, () => this.now());
    ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      this.#arm();
    });
  }

  hold(request: HoldRequest): HoldOutcome {
    return this.#then(this.#ledger.hold(request));
  }

  settle(id: string, calls: readonly UsageCall[]): Recorded[] {
    return this.#then(this.#ledger.settle(id, calls));
  }

  release(id: string): void {
    this.#ledger.release(id);
  }

  record(events: readonly UsageEvent[]): Recorded[] {
    return this.#then(this.#ledger.record(events));
  }

  /** What the user's own key has paid; null on a tier on which that is not the cloud's business. */
  recordDeviceUsage(events: readonly UsageEvent[]): Recorded[] | null {
    return this.#ledger.balance().tier === "byok" ? this.record(events) : null;
  }

  move(movement: Movement): boolean {
    return this.#then(this.#ledger.move(movement));
  }

  failPayment(invoice: FailedInvoice): void {
    this.#ledger.failPayment(invoice);
  }

  setTier(tier: Tier): void {
    this.#ledger.setTier(tier);
  }

  setCeiling(nanoDollars: number): void {
    this.#ledger.setCeiling(nanoDollars);
  }

  setCustomer(customer: string): void {
    this.#then(this.#ledger.setCustomer(customer));
  }

  close(): void {
    this.#then(this.#ledger.close());
  }

  /** A meter event that Stripe took and afterwards refused; `identifier` is one that this ledger gave it. */
  rejected(identifier: string): void {
    const [id, seq] = identifier.split(".");
    if (id !== this.ctx.id.toString()) return;
    this.#then(this.#ledger.change((account, now, sql) => ({ account: rejectFlush(sql, account, Number(seq), now), result: undefined })));
  }

  balance(): Balance {
    return this.#ledger.balance();
  }

  statement(days: number): DayUsage[] {
    return this.#ledger.statement(days);
  }

  requestCost(holds: readonly string[]): RequestCost {
    return this.#ledger.requestCost(holds);
  }

  projectUse(project: string): GuestUse[] {
    return this.#ledger.projectUse(project);
  }

  /** Runs at least once when something is due. What fails is due again later, so nothing is thrown. */
  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    this.#ledger.tend();
    const news = await sendFlush(this.#ledger, stripeMeter(this.env), this.ctx.id.toString());
    if (news === "disagrees") log({ event: "flush_disagrees", ledger: this.ctx.id.toString() });
    this.#arm();
  }

  /** Ms since 1970, and the wall clock's time for such a time. A proof lets its days pass faster. */
  protected now(): number {
    return Date.now();
  }

  protected wallClock(time: number): number {
    return time;
  }

  #then<T>(result: T): T {
    this.#arm();
    return result;
  }

  #arm(): void {
    const due = this.#ledger.due();
    if (due === undefined) return;
    const at = Math.max(this.wallClock(due), Date.now());
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  }
}

function log(entry: Readonly<Record<string, string>>): void {
  // biome-ignore lint/suspicious/noConsole: a Worker's log is its console
  console.error(JSON.stringify(entry));
}
