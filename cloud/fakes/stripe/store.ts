/** What the stand-in for Stripe remembers, and the rules by which Stripe counts meter events. */
import type { RequestOf } from "./requests.ts";

/** A refusal of Stripe's: a status, and a message as it words them. */
export class StripeRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const DAY = 24 * 3600;

interface Counted {
  readonly customer: string;
  readonly identifier: string;
  readonly cents: number;
  readonly timestamp: number;
  readonly takenAt: number;
}

export interface CheckoutSession {
  readonly id: string;
  readonly customer: string;
  readonly mode: "payment" | "subscription";
  readonly cents: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the charge gets that pays it. */
  readonly chargeMetadata: Readonly<Record<string, string>>;
}

export class StripeStore {
  readonly counted: Counted[] = [];
  readonly customers = new Set<string>();
  readonly sessions = new Map<string, CheckoutSession>();
  /** By their ids; of a session that is paid, `ch_` and the session's. */
  readonly charges = new Map<string, object>();
  /** Events that are told of, and then fetched. */
  readonly events = new Map<string, object>();
  /** Customers as those of an earlier day, which need not have been made here. */
  anyCustomer = false;
  readonly #identifiers = new Map<string, number>();
  readonly #byMinute = new Map<string, number>();
  #last = 0;

  nextId(prefix: string): string {
    this.#last += 1;
    return `${prefix}_${this.#last}`;
  }

  customer(id: string): void {
    if (!this.anyCustomer && !this.customers.has(id)) throw new StripeRefusal(400, `No such customer: '${id}'`);
  }

  /** @param now seconds since 1970 */
  meter({ identifier, timestamp, payload }: RequestOf<"POST /v1/billing/meter_events">, now: number): void {
    const at = Number(timestamp);
    const customer = payload.stripe_customer_id;
    this.customer(customer);
    if (at < now - 35 * DAY) throw new StripeRefusal(400, "The timestamp is too far in the past.");
    if (at > now + 300) throw new StripeRefusal(400, "The timestamp is too far in the future.");
    const seen = this.#identifiers.get(identifier);
    if (seen !== undefined && now - seen < DAY) throw new StripeRefusal(400, `An event already exists with identifier ${identifier}.`);
    this.#identifiers.set(identifier, now);
    const cents = Number(payload.value);
    this.counted.push({ customer, identifier, cents, timestamp: at, takenAt: now });
    const minute = `${customer} ${at - (at % 60)}`;
    this.#byMinute.set(minute, (this.#byMinute.get(minute) ?? 0) + cents);
  }

  /** The sum of a customer's events; from and to are whole minutes, in seconds since 1970. */
  summary(customer: string, from: number, to: number): number {
    this.customer(customer);
    if (from % 60 !== 0 || to % 60 !== 0 || from >= to)
      throw new StripeRefusal(400, "start_time and end_time must be aligned with minute boundaries.");
    let sum = 0;
    for (let at = from; at < to; at += 60) sum += this.#byMinute.get(`${customer} ${at}`) ?? 0;
    return sum;
  }
}
