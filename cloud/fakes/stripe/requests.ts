/** What Stripe asks of the requests that are made here: every parameter is known, every required one is there. */
import * as z from "zod";

const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_\\w+$`));
const integer = z.string().regex(/^\d{1,15}$/);
const metadata = z.record(z.string().max(40), z.string().max(500)).optional();
const url = z.url({ protocol: /^https?$/ });

const lineItem = z.strictObject({
  price: id("price").optional(),
  quantity: integer.optional(),
  price_data: z
    .strictObject({
      currency: z.literal("usd"),
      unit_amount: integer.refine((value) => Number(value) >= 50, "under Stripe's smallest charge"),
      product_data: z.strictObject({ name: z.string().min(1) }),
    })
    .optional(),
});

export const REQUESTS = {
  "POST /v1/customers": z.strictObject({ email: z.email().max(512).optional(), metadata }),
  "POST /v1/checkout/sessions": z.strictObject({
    mode: z.enum(["payment", "subscription"]),
    customer: id("cus"),
    client_reference_id: z.string().max(200).optional(),
    success_url: url,
    cancel_url: url.optional(),
    line_items: z.record(z.string().regex(/^\d+$/), lineItem),
    metadata,
    payment_intent_data: z.strictObject({ metadata }).optional(),
    subscription_data: z.strictObject({ metadata }).optional(),
  }),
  "POST /v1/billing/meter_events": z.strictObject({
    event_name: z.string().max(100),
    identifier: z.string().min(1).max(100),
    timestamp: integer,
    // A value has at most 15 significant digits.
    payload: z.strictObject({ stripe_customer_id: id("cus"), value: z.string().regex(/^(?:0|[1-9]\d{0,14})$/) }),
  }),
  "GET /v1/billing/meters/:meter/event_summaries": z.strictObject({
    customer: id("cus"),
    start_time: integer,
    end_time: integer,
    limit: integer.optional(),
  }),
  "GET /v2/core/events/:event": z.strictObject({}),
  "GET /v1/charges/:charge": z.strictObject({}),
} as const;

export type RequestName = keyof typeof REQUESTS;
export type RequestOf<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]>;
