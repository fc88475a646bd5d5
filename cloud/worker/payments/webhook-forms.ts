/** What is read of what Stripe tells. A message that is signed, and is not so, is Stripe's fault or a new version's: nothing of it is done. */
import * as z from "zod";
import { NANO_PER_CENT } from "../money/nano-dollars.ts";

/** As nano-dollars, they are still held exactly. */
const cents = z
  .int()
  .min(0)
  .max(Math.floor(Number.MAX_SAFE_INTEGER / NANO_PER_CENT));
const id = z.string().min(1).max(255);
const reference = z.union([id, z.object({ id })]);

export type Reference = z.infer<typeof reference> | null | undefined;

export const Session = z.object({
  id,
  mode: z.string(),
  payment_status: z.string(),
  currency: z.string().nullish(),
  amount_total: cents.nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  customer: reference.nullish(),
});
export const Invoice = z.object({ id: id.optional(), customer: reference.nullish(), amount_paid: cents });
export const UnpaidInvoice = z.object({
  id,
  customer: reference.nullish(),
  amount_remaining: cents,
  hosted_invoice_url: z
    .url({ protocol: /^https$/ })
    .max(2048)
    .nullish(),
});
export const Refund = z.object({ id, charge: reference.nullish(), amount: cents, status: z.string().nullish() });
export const Dispute = z.object({ id, charge: reference, amount: cents });
export const Subscription = z.object({ customer: reference.nullish() });
export const Event = z.object({ type: z.string(), data: z.object({ object: z.unknown() }) });

/** Of an event that is fetched from Stripe. */
export const MeterErrors = z.object({
  reason: z.object({
    error_types: z.array(z.object({ sample_errors: z.array(z.object({ request: z.object({ identifier: z.string() }) })) })),
  }),
});
