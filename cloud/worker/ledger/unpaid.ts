/**
 * Invoices that could not be paid from the user's card. While there is one, work that credits do not cover is not begun; it
 * goes when the invoice is paid, or asked for no more. Whichever message comes first, a paid invoice is never unpaid again.
 */
import { exactNonNegative, NANO_PER_CENT } from "../money/nano-dollars.ts";
import type { Sql } from "./sql.ts";

export interface FailedInvoice {
  readonly id: string;
  readonly cents: number;
  /** Where it can be paid; null where the payment provider gives no page. */
  readonly page: string | null;
}

export interface UnpaidInvoice {
  /** Nano-dollars. */
  readonly amount: number;
  readonly page: string | null;
}

/** Notes an invoice once; told again, what was told last holds. */
export function failInvoice(sql: Sql, { id, cents, page }: FailedInvoice, now: number): void {
  if (sql.all("SELECT 1 FROM movement WHERE id = ?", id).length > 0) return;
  const amount = exactNonNegative(cents, "an amount of cents") * NANO_PER_CENT;
  sql.all(
    `INSERT INTO unpaid VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = excluded.amount, page = excluded.page`,
    id,
    now,
    amount,
    page,
  );
}

export function forgetInvoice(sql: Sql, id: string): void {
  sql.all("DELETE FROM unpaid WHERE invoice = ?", id);
}

/** The oldest first. */
export function unpaidInvoices(sql: Sql): UnpaidInvoice[] {
  return sql.all<UnpaidInvoice>("SELECT amount, page FROM unpaid ORDER BY at, invoice");
}
