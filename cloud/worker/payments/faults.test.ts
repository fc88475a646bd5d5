/** The ledger or D1 failing while money is spoken of with Stripe: told again, it is done, and done once. */
import { randomUUID } from "node:crypto";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Fetch, signIn } from "../../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../local/start.ts";
import { createApp } from "../app.ts";
import type { Env } from "../env.ts";
import { NANO_PER_CENT } from "../money/nano-dollars.ts";
import { stripeMeter } from "./stripe-meter.ts";
import { takeWebhook } from "./webhook.ts";

let cloud: LocalCloud;
let env: Env;
let addresses = 0;
const app = createApp();
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, { ...init, headers: { ...init?.headers, "cf-connecting-ip": `10.4.0.${addresses++}` } } as never) as never;
beforeAll(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {}); // each fault is logged
  cloud = await startLocalCloud();
  env = (await cloud.server.getWorker<Env>().getEnv()) as Env;
});
afterAll(() => cloud.close());

/** Every object whose call number `at` fails: before it is done, or after it, when the answer is lost. */
function faulty<T extends object>(of: T, at: number, when: "before" | "after", error: Error, counted = { calls: 0 }): T {
  return new Proxy(of, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function" || property === "then") return value;
      return (...given: unknown[]) => {
        if (property === "getByName") return faulty(Reflect.apply(value, target, given) as object, at, when, error, counted);
        counted.calls += 1;
        const fails = counted.calls === at;
        if (fails && when === "before") throw error;
        const result: unknown = Reflect.apply(value, target, given);
        return fails ? Promise.resolve(result).then(() => Promise.reject(error)) : result;
      };
    },
  });
}
const lost = Object.assign(new Error("Network connection lost."), { retryable: true });
const FAULTS: readonly (readonly [what: string, broken: (at: number) => Env])[] = [
  ["D1 refuses a statement", (at) => ({ ...env, DATABASE: faulty(env.DATABASE, at, "before", new Error("D1_ERROR: lost")) })],
  ["the ledger does not answer", (at) => ({ ...env, BILLING_LEDGER: faulty(env.BILLING_LEDGER, at, "before", lost) })],
  ["the ledger's answer is lost", (at) => ({ ...env, BILLING_LEDGER: faulty(env.BILLING_LEDGER, at, "after", lost) })],
];

/** Does something with each call failing in turn, until none is left to fail; gives how many failed. */
async function atEach(broken: (at: number) => Env, work: (on: Env) => Promise<unknown>): Promise<number> {
  for (let at = 1; at < 20; at++) {
    const failed = await work(broken(at)).then(
      () => false,
      () => true,
    );
    if (!failed) return at - 1;
  }
  throw new Error("it never came to its end");
}

const background = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
async function call(on: Env, key: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const response = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) }, on, background as never);
  if (response.status !== 200) throw new Error(String(response.status));
  return (await response.json()) as Record<string, unknown>;
}

async function tell(on: Env, type: string, object: object, id: string = randomUUID()): Promise<void> {
  const payload = JSON.stringify({ id, object: "event", type, created: Math.floor(Date.now() / 1000), data: { object } });
  const header = new Stripe("sk_test_none").webhooks.generateTestHeaderString({ payload, secret: cloud.webhookSecret });
  await takeWebhook(on, payload, header);
}

let users = 0;
/** A user who is a customer of Stripe's. */
async function customer() {
  const email = `money-${users++}@example.com`;
  const key = await signIn(fetch, cloud.mail, email);
  const page = await call(env, key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: "top-up-01" });
  const user = await env.DATABASE.prepare("SELECT id, customer FROM user WHERE email = ?")
    .bind(email)
    .first<{ id: string; customer: string }>();
  if (!user) throw new Error("there is no such user");
  return { ...user, key, page: String(page["id"]), balance: () => env.BILLING_LEDGER.getByName(user.id).balance() };
}
type Known = Awaited<ReturnType<typeof customer>>;

const credits = ({ id, customer, page }: Known) => ({
  id: page,
  mode: "payment",
  payment_status: "paid",
  currency: "usd",
  amount_total: 1000,
  customer,
  metadata: { user_id: id, purpose: "credits" },
});
const subscription = ({ id, customer }: Known) => ({
  id: randomUUID(),
  mode: "subscription",
  payment_status: "no_payment_required",
  customer,
  metadata: { user_id: id, tier: "managed" },
});

describe.each(FAULTS)("while %s", (what, broken) => {
  /** Faults that a message can meet: those that only move money in the ledger do not ask D1. */
  const meets = (least: number, asksD1: boolean) => (what.startsWith("D1") && !asksD1 ? 0 : least);

  test("a page to pay on is made when it is asked for again, for one customer, whom the ledger knows", async () => {
    const key = await signIn(fetch, cloud.mail, `page-${users++}@example.com`);
    const ask = (on: Env) => call(on, key, "POST", "/v1/billing/topup", { cents: 500, idempotencyKey: "top-up-02" });
    expect(await atEach(broken, ask)).toBeGreaterThan(0);
    expect(await ask(env)).toEqual(await ask(env));
  });

  test("credits that were paid for are added once", async () => {
    const known = await customer();
    const failed = await atEach(broken, (on) => tell(on, "checkout.session.completed", credits(known)));
    expect(failed).toBe(meets(1, false));
    expect(await known.balance()).toMatchObject({ credits: 1000 * NANO_PER_CENT });
  });

  test("an invoice that was paid counts once", async () => {
    const known = await customer();
    const invoice = { id: `in_${randomUUID()}`, customer: known.customer, amount_paid: 300 };
    expect(await atEach(broken, (on) => tell(on, "invoice.paid", invoice))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ owed: -300 * NANO_PER_CENT });
  });

  test("a refund and a dispute take credits back once, and give them back once", async () => {
    const known = await customer();
    await cloud.stripe.pay(known.page);
    const charge = `ch_${known.page}`;
    const refund = { id: `re_${randomUUID()}`, charge, amount: 400, status: "failed" };
    const dispute = { id: `dp_${randomUUID()}`, charge, amount: 250 };
    expect(await atEach(broken, (on) => tell(on, "charge.dispute.funds_withdrawn", dispute))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ credits: 750 * NANO_PER_CENT });
    expect(await atEach(broken, (on) => tell(on, "refund.failed", refund))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ credits: 750 * NANO_PER_CENT });
    expect(await atEach(broken, (on) => tell(on, "charge.dispute.funds_reinstated", dispute))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ credits: 1000 * NANO_PER_CENT });
  });

  test("a subscription sets the tier, and its end takes it away", async () => {
    const known = await customer();
    expect(await atEach(broken, (on) => tell(on, "checkout.session.completed", subscription(known)))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ tier: "managed" });
    expect(await atEach(broken, (on) => call(on, known.key, "PUT", "/v1/billing/tier", { tier: "byok" }))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ tier: "byok" });
    const ended = { customer: known.customer };
    expect(await atEach(broken, (on) => tell(on, "customer.subscription.deleted", ended))).toBeGreaterThan(0);
    expect(await known.balance()).toMatchObject({ tier: "free" });
    const page = await call(env, known.key, "PUT", "/v1/billing/tier", { tier: "managed" });
    expect(page).toMatchObject({ tier: null, checkout: { url: expect.stringContaining("http") } });
  });

  test("usage that a device tells again is counted once", async () => {
    const known = await customer();
    await tell(env, "checkout.session.completed", subscription(known));
    await call(env, known.key, "PUT", "/v1/billing/tier", { tier: "byok" });
    const event = { id: "event-0001", at: Date.now(), model: "claude-sonnet", tokens: { in: 1000, out: 0 } };
    expect(await atEach(broken, (on) => call(on, known.key, "POST", "/v1/billing/events", { events: [event] }))).toBeGreaterThan(0);
    const days = (await call(env, known.key, "GET", "/v1/billing/usage?days=1"))["days"];
    expect(days).toMatchObject([{ calls: 1, tokensIn: 1000 }]);
  });
});

test("a customer whom the ledger did not hear of is told to it the next time", async () => {
  const key = await signIn(fetch, cloud.mail, `heard-${users++}@example.com`);
  const told: string[] = [];
  let fails = true;
  const ledger = {
    setCustomer: async (customer: string) => {
      if (fails) throw lost;
      told.push(customer);
    },
  };
  const on = { ...env, BILLING_LEDGER: { getByName: () => ledger } } as unknown as Env;
  const ask = () => call(on, key, "POST", "/v1/billing/topup", { cents: 500, idempotencyKey: "top-up-03" });
  await expect(ask()).rejects.toThrow("503");
  fails = false;
  await ask();
  expect(told).toEqual([expect.stringMatching(/^cus_/)]);
});

test("a message of another kind, or of nobody known, moves nothing", async () => {
  const known = await customer();
  const before = await known.balance();
  await tell(env, "customer.created", { id: "cus_x" });
  await tell(env, "checkout.session.completed", { ...credits(known), payment_status: "unpaid" });
  await tell(env, "checkout.session.completed", { ...credits(known), currency: "eur" });
  await tell(env, "checkout.session.completed", { ...subscription(known), metadata: { user_id: known.id, tier: "gold" } });
  await tell(env, "refund.created", { id: "re_none", amount: 5, charge: null });
  await tell(env, "invoice.paid", { id: "in_none", customer: "cus_nobody", amount_paid: 100 });
  await tell(env, "customer.subscription.deleted", { customer: "cus_nobody" });
  expect(await known.balance()).toEqual(before);
});

test("the meter counts a report once, and is sure of nothing when Stripe does not answer", async () => {
  const { customer: paying } = await customer();
  const meter = stripeMeter(env);
  const minute = Math.floor(Date.now() / 60_000) * 60;
  const report = { customer: paying, cents: 700, identifier: `${"a".repeat(64)}.1`, timestamp: minute };
  cloud.stripe.fate = () => "lost_request";
  expect([await meter.report(report), await meter.counted(paying, minute)]).toEqual([false, undefined]);
  cloud.stripe.fate = () => "answered";
  expect([await meter.report(report), await meter.report(report)]).toEqual([true, true]);
  expect(await meter.counted(paying, minute)).toBe(700);
});

test("what Stripe has not signed is refused", async () => {
  await expect(takeWebhook(env, "{}", "t=1,v1=00")).rejects.toMatchObject({ code: "unauthenticated" });
});
