/** Brings the open flush a step further: the only place where the ledger speaks to the payment provider. */
import type { Ledger } from "./ledger.ts";
import { closeFlush, nextStep, noteAttempt, type OpenFlush, openFlush, replaceFlush } from "./outbox.ts";

export interface MeterReport {
  readonly customer: string;
  readonly cents: number;
  readonly identifier: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** The payment provider's meter. */
export interface Meter {
  /** True when the report has been counted, now or before; false whenever that is not certain. Never throws. */
  report(report: MeterReport): Promise<boolean>;
  /** Cents counted for a customer in the minute that begins then (seconds since 1970); undefined when it cannot be told. */
  counted(customer: string, minute: number): Promise<number | undefined>;
}

/** What the caller should write to its log; the amounts are the customer's own. */
export type FlushNews = "sent" | "waiting" | "replaced" | "disagrees";

const HOUR = 60 * 60_000;

/** Takes the next step of the flush that is open and due, if there is one. `ledgerId` makes identifiers unique. */
export async function sendFlush(ledger: Ledger, meter: Meter, ledgerId: string): Promise<FlushNews | undefined> {
  const work = begin(ledger);
  if (!work) return undefined;
  const { open, customer, step } = work;
  const timestamp = open.minute / 1000;
  if (step === "send") {
    const counted = await meter.report({ customer, cents: open.cents, identifier: `${ledgerId}.${open.seq}`, timestamp });
    if (!counted) return "waiting";
    close(ledger, open);
    return "sent";
  }
  const counted = await meter.counted(customer, timestamp);
  if (counted === open.cents) close(ledger, open);
  if (counted === 0) ledger.change((account, now, sql) => ({ account: replaceFlush(sql, account, open, now), result: undefined }));
  return counted === open.cents ? "sent" : counted === 0 ? "replaced" : counted === undefined ? "waiting" : "disagrees";
}

interface FlushWork {
  readonly open: OpenFlush;
  readonly customer: string;
  readonly step: "send" | "look";
}

/** The step that is due, noted in the ledger before it is taken. */
function begin(ledger: Ledger): FlushWork | undefined {
  return ledger.change<FlushWork | undefined>((account, now, sql) => {
    const open = openFlush(sql);
    if (!open || account.customer === null || account.flushNext === null || account.flushNext > now) return { account, result: undefined };
    const step = nextStep(open, now);
    if (typeof step === "object") return { account: { ...account, flushNext: step.waitUntil }, result: undefined };
    const noted = step === "send" ? noteAttempt(sql, account, open, now) : { ...account, flushNext: now + HOUR };
    return { account: noted, result: { open, customer: account.customer, step } };
  });
}

function close(ledger: Ledger, { seq }: OpenFlush): void {
  ledger.change((account, _now, sql) => ({ account: closeFlush(sql, account, seq), result: undefined }));
}
