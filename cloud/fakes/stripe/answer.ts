import type { RequestName, RequestOf } from "./requests.ts";
import { StripeRefusal, type StripeStore } from "./store.ts";

/** When it is (seconds since 1970), the address at which pages are shown, and the path that was asked for. */
export interface Surroundings {
  readonly now: number;
  readonly url: string;
  readonly path: string;
}

/** Does a request that has been checked, and gives Stripe's answer. */
export function answerRequest(name: RequestName, form: unknown, store: StripeStore, { now, url, path }: Surroundings): object {
  switch (name) {
    case "POST /v1/customers": {
      const id = store.nextId("cus");
      store.customers.add(id);
      return { id, object: "customer", created: now };
    }
    case "POST /v1/checkout/sessions":
      return checkout(form as RequestOf<typeof name>, store, url);
    case "POST /v1/billing/meter_events": {
      const event = form as RequestOf<typeof name>;
      store.meter(event, now);
      return { object: "billing.meter_event", created: now, livemode: false, ...event, timestamp: Number(event.timestamp) };
    }
    case "GET /v2/core/events/:event": {
      const event = store.events.get(path.split("/").at(-1) ?? "");
      if (!event) throw new StripeRefusal(404, "No such event.");
      return event;
    }
    case "GET /v1/charges/:charge": {
      const charge = store.charges.get(path.split("/").at(-1) ?? "");
      if (!charge) throw new StripeRefusal(404, "No such charge.");
      return charge;
    }
    case "GET /v1/billing/meters/:meter/event_summaries": {
      const { customer, start_time, end_time } = form as RequestOf<typeof name>;
      const aggregated_value = store.summary(customer, Number(start_time), Number(end_time));
      const data = aggregated_value > 0 ? [{ object: "billing.meter_event_summary", aggregated_value }] : [];
      return { object: "list", has_more: false, url: "/v1/billing/meters", data };
    }
  }
}

function checkout(form: RequestOf<"POST /v1/checkout/sessions">, store: StripeStore, url: string): object {
  const { customer, mode, line_items, metadata = {}, payment_intent_data } = form;
  store.customer(customer);
  const id = store.nextId("cs_test");
  const items = Object.values(line_items);
  const cents = items.reduce((sum, item) => sum + Number(item.price_data?.unit_amount ?? 0) * Number(item.quantity ?? 1), 0);
  store.sessions.set(id, { id, customer, mode, cents, metadata, chargeMetadata: payment_intent_data?.metadata ?? {} });
  return { id, object: "checkout.session", customer, mode, amount_total: cents, url: `${url}/pay/${id}` };
}
