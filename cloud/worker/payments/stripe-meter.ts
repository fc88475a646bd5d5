import Stripe from "stripe";
import type { Meter, MeterReport } from "../ledger/send-flush.ts";
import { type StripeSettings, stripeClient } from "./stripe.ts";

/** Stripe's billing meter. Its events record usage in cents; the subscription's price makes money of them. */
export function stripeMeter(settings: StripeSettings): Meter {
  const client = stripeClient(settings);
  return {
    report: (report) =>
      client.billing.meterEvents.create(meterEvent(report, settings.STRIPE_METER_EVENT)).then(
        () => true,
        (error: unknown) => isKnownIdentifier(error),
      ),
    async counted(customer, minute) {
      try {
        const period = { customer, start_time: minute, end_time: minute + 60 };
        const { data } = await client.billing.meters.listEventSummaries(settings.STRIPE_METER_ID, period);
        return data.reduce((sum, { aggregated_value }) => sum + aggregated_value, 0);
      } catch {
        return undefined;
      }
    },
  };
}

function meterEvent({ customer, cents, identifier, timestamp }: MeterReport, name: string): Stripe.Billing.MeterEventCreateParams {
  return { event_name: name, identifier, timestamp, payload: { stripe_customer_id: customer, value: String(cents) } };
}

/** Stripe answers so when it has counted an event with this identifier within the last day. */
function isKnownIdentifier(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && /event already exists with identifier/i.test(error.message);
}
