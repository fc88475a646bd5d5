import * as z from "zod";
import { ledgerOf } from "../env.ts";
import { DeviceUsage, DeviceUsageOutcome, recordDeviceUsage } from "../ledger/device-usage.ts";
import { TIERS } from "../money/tier.ts";
import { subscriptionPage, topUpPage } from "../payments/customer.ts";
import { audit, userById } from "../store/users.ts";
import { holdsOf } from "../synapse/hold-name.ts";
import { json, newRoutes, route } from "./route.ts";

const amount = z.int().describe("nano-dollars");
const Balance = z.object({
  tier: z.enum(TIERS),
  unbilled: amount,
  credits: amount,
  ceiling: amount,
  owed: amount,
  held: amount,
  billed: amount,
  free: z.object({ limit: amount, used: amount }),
  unpaid: z.array(z.object({ amount, page: z.string().nullable() })).describe("invoices that could not be paid from the card"),
  cents: z.object({ unbilled: z.int(), credits: z.int(), ceiling: z.int() }),
});
const Usage = z.object({
  days: z.array(
    z.object({
      day: z.string(),
      requests: z.int(),
      calls: z.int(),
      tokensIn: z.int(),
      tokensOut: z.int(),
      cost: amount,
      charge: amount,
      fromCredits: amount,
    }),
  ),
});
const Page = z.object({ id: z.string(), url: z.string() });
/** Figures are null unless it is settled. */
const RequestCost = z.object({
  state: z.enum(["open", "settled", "unknown"]),
  at: z.int().nullable(),
  model: z.string().nullable(),
  tokensIn: z.int().nullable(),
  tokensOut: z.int().nullable(),
  cost: amount.nullable(),
  charge: amount.nullable(),
});
const NO_FIGURES = { at: null, model: null, tokensIn: null, tokensOut: null, cost: null, charge: null };
const idempotencyKey = z.string().regex(/^[\w.-]{8,100}$/);
/** What a user has used, owes and pays. No card data ever comes here: Stripe's own pages take it. */
export const billingRoutes = newRoutes()
  .openapi(route({ method: "get", path: "/v1/billing/balance" }, "billing:read", Balance), async (context) => {
    const balance = await ledgerOf(context.env, context.get("principal").userId).balance();
    return context.json({ ...balance, unpaid: [...balance.unpaid] }, 200);
  })
  .openapi(
    route(
      {
        method: "get",
        path: "/v1/billing/usage",
        request: { query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }) },
      },
      "billing:read",
      Usage,
    ),
    async (context) => {
      const days = await ledgerOf(context.env, context.get("principal").userId).statement(context.req.valid("query").days);
      return context.json({ days: [...days] }, 200);
    },
  )
  .openapi(
    route(
      { method: "get", path: "/v1/billing/requests/{id}", request: { params: z.object({ id: z.string().regex(/^[\w.-]{1,100}$/) }) } },
      "billing:read",
      RequestCost,
    ),
    async (context) => {
      const { id } = context.req.valid("param");
      const { userId } = context.get("principal");
      const found = await ledgerOf(context.env, userId).requestCost(holdsOf(userId, id));
      return context.json({ ...NO_FIGURES, ...found }, 200);
    },
  )
  .openapi(
    route(
      {
        method: "post",
        path: "/v1/billing/topup",
        request: json(z.strictObject({ cents: z.int().min(100).max(100_000), idempotencyKey })),
      },
      "billing:write",
      Page,
    ),
    async (context) => {
      const { userId } = context.get("principal");
      const { cents, idempotencyKey: key } = context.req.valid("json");
      const page = await topUpPage({ env: context.env, userId, publicUrl: context.get("publicUrl") }, cents, key);
      await audit(context.env.DATABASE, userId, "topup.begun", page.id, Date.now());
      return context.json(page, 200);
    },
  )
  .openapi(
    route(
      { method: "put", path: "/v1/billing/tier", request: json(z.strictObject({ tier: z.enum(TIERS) })) },
      "billing:write",
      z.object({ tier: z.enum(TIERS).nullable(), checkout: Page.nullable() }),
    ),
    async (context) => {
      const { userId } = context.get("principal");
      const { tier } = context.req.valid("json");
      const user = await userById(context.env.DATABASE, userId);
      if (tier !== "free" && !user?.subscribed)
        return context.json(
          { tier: null, checkout: await subscriptionPage({ env: context.env, userId, publicUrl: context.get("publicUrl") }, tier) },
          200,
        );
      await ledgerOf(context.env, userId).setTier(tier);
      await audit(context.env.DATABASE, userId, "tier.set", tier, Date.now());
      return context.json({ tier, checkout: null }, 200);
    },
  )
  .openapi(
    route({ method: "post", path: "/v1/billing/events", request: json(DeviceUsage) }, "ask", DeviceUsageOutcome),
    async (context) => {
      return context.json(await recordDeviceUsage(context.env, context.get("principal").userId, context.req.valid("json")), 200);
    },
  );
