/** What should not come, coming: every amount stays exact, nobody is charged for what was not done, and what was done is charged once. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sendSigned, sendWebhook } from "../fakes/stripe/webhooks.ts";
import { type Fetch, signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";
import { use } from "../local/use.ts";
import type { Env } from "./env.ts";
import { NANO_PER_CENT } from "./money/nano-dollars.ts";
import { priceAt } from "./money/prices.ts";
import { escalate, type Till } from "./synapse/escalate.ts";

const MISCOUNTING = {
  "llama-3.3-70b": "council-counts-far-too-many",
  "gpt-4-turbo": "council-counts-below-nothing",
  "claude-sonnet": "council-counts-halves",
  "claude-opus": "council-counts-beyond-numbers",
};
let cloud: LocalCloud;
let env: Env;
let addresses = 0;
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.6.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as never;

beforeAll(async () => {
  const models = Object.fromEntries(Object.entries(MISCOUNTING).map(([model, behaviour]) => [model, [behaviour]]));
  cloud = await startLocalCloud({ models: { ...models, "nobody-has-a-price-of-this": ["council"] } });
  env = (await cloud.server.getWorker<Env>().getEnv()) as Env;
});
afterAll(() => cloud.close());

type Body = Record<string, never> & { error?: { code: string; action?: string } };
async function call(key: string, method: string, path: string, body?: object): Promise<{ status: number; body: Body }> {
  const headers = { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) };
  const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Body };
}

let users = 0;
/** A user on a tier that is charged. */
async function payer(tier = "managed") {
  const email = `odd-${users++}@example.com`;
  const key = await signIn(fetch, cloud.mail, email);
  const { body } = await call(key, "PUT", "/v1/billing/tier", { tier });
  await cloud.stripe.pay((body["checkout"] as unknown as { id: string }).id);
  const user = await env.DATABASE.prepare("SELECT id, customer FROM user WHERE email = ?")
    .bind(email)
    .first<{ id: string; customer: string }>();
  if (!user) throw new Error("there is no such user");
  const balance = async () => (await call(key, "GET", "/v1/billing/balance")).body as Record<string, never>;
  return { key, email, ...user, balance };
}
const question = (more: object = {}) => ({
  requestId: randomUUID(),
  question: "Who built the Heliograph?",
  passages: [{ heading: "Heliograph", text: "The Heliograph was built by [PERSON_01] in 1921. It stands on the northern cape." }],
  model: "llama-3.3-70b",
  ...more,
});

describe("a provider that counts", () => {
  test.each(Object.entries(MISCOUNTING))("%s's tokens as %s is not believed: an estimate is charged, once", async (model) => {
    const { key, balance } = await payer();
    const asked = question({ model });
    const { status, body } = await call(key, "POST", "/v1/escalations", asked);
    expect([status, body["outcome"]]).toEqual([200, "answered"]);
    const tokens = body["tokens"] as unknown as { in: number; out: number };
    for (const count of [tokens.in, tokens.out]) {
      expect(Number.isSafeInteger(count)).toBe(true);
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(30_000);
    }
    const after = await balance();
    expect(after).toMatchObject({ held: 0, unbilled: body["chargeNanoDollars"] });
    expect((await call(key, "POST", "/v1/escalations", asked)).body).toEqual(body);
    expect(await balance()).toEqual(after);
  });
});

describe("a model that nobody knows", () => {
  test.each(["nobody", "nobody-has-a-price-of-this", "__proto__", "claude-sonnet "])(
    "%j is refused, and nothing is held",
    async (model) => {
      const { key, balance } = await payer();
      const { status, body } = await call(key, "POST", "/v1/escalations", question({ model }));
      expect([status, body.error?.code]).toEqual([422, "model_unknown"]);
      expect(await balance()).toMatchObject({ held: 0, unbilled: 0 });
      expect(JSON.stringify((await call(key, "GET", "/v1/models")).body)).not.toContain(`"${model}"`);
    },
  );
});

describe("work whose hold expires before its provider answers", () => {
  const settings = () => ({
    PROVIDERS: JSON.stringify([{ name: "p", baseUrl: `${cloud.provider.url}/council/v1`, models: { "llama-3.3-70b": "m" } }]),
    PROVIDER_KEYS: "{}",
  });
  const shelf = { find: () => Promise.reject(new Error("no adapter")), acquire: () => Promise.reject(new Error("no adapter")) };

  test("is charged what it took, once, and leaves no hold; the room it left meanwhile was free", async () => {
    const { id: userId, balance } = await payer();
    const ledger = () => env.BILLING_LEDGER.getByName(userId);
    const holdId = `ask:${randomUUID()}`;
    let whileAtWork: unknown;
    let settled: Parameters<Till["settle"]>[1] = [];
    const till: Till = {
      async hold(request) {
        const outcome = await ledger().hold({ ...request, expiresIn: 1 });
        await sleep(20);
        whileAtWork = (await ledger().balance()).held;
        return outcome;
      },
      note: () => {},
      settle(id, calls) {
        settled = calls;
        return ledger().settle(id, calls);
      },
      release: (id) => ledger().release(id),
    };
    const context = { signal: new AbortController().signal, tell: () => {}, holdId };
    const answer = await escalate({ ...question(), history: [], constraints: [] }, settings(), till, shelf, context);
    expect([answer.outcome, whileAtWork]).toEqual(["answered", 0]);
    expect(answer.chargeNanoDollars).toBeGreaterThan(0);
    const after = await balance();
    expect(after).toMatchObject({ held: 0, unbilled: answer.chargeNanoDollars });
    expect((await ledger().settle(holdId, settled)).map(({ outcome }) => outcome)).toEqual(settled.map(() => "duplicate"));
    expect(await ledger().hold({ id: holdId, most: [], expiresIn: 1000 })).toEqual({ outcome: "settled" });
    expect(await balance()).toEqual(after);
  });

  test("is charged on the tier that it was begun on, also when that has changed and another has taken its room", async () => {
    const { id: userId } = await payer();
    const ledger = env.BILLING_LEDGER.getByName(userId);
    const price = priceAt("claude-opus", Date.now());
    if (!price) throw new Error("there is no price");
    const calls = [{ model: "claude-opus", tokens: { in: 1_000_000, out: 0 }, price }];
    await ledger.hold({ id: "late", most: calls, expiresIn: 1 });
    await sleep(20);
    await ledger.setTier("byok");
    await ledger.hold({ id: "other", most: calls, expiresIn: 60_000 });
    for (const outcome of ["recorded", "duplicate"])
      expect(await ledger.settle("late", calls)).toMatchObject([{ outcome, cost: 1500 * NANO_PER_CENT, charge: 1545 * NANO_PER_CENT }]);
    await ledger.release("other");
    const { held, unbilled, billed } = await ledger.balance();
    expect([held, unbilled + billed]).toEqual([0, 1545 * NANO_PER_CENT]);
  });
});

describe("a webhook that Stripe has not signed", () => {
  const FORGED = ["forged", "of ten minutes ago", "signed for another body", "unsigned"] as const;
  const url = () => `${cloud.url}/v1/webhooks/stripe`;
  const event = (type: string, object: object) => ({ id: "evt_1", object: "event", type, created: 1, data: { object } });

  async function send(how: (typeof FORGED)[number], message: object): Promise<number> {
    if (how === "forged") return (await sendSigned({ url: url(), secret: "whsec_guessed" }, message)).status;
    const target = { url: url(), secret: cloud.webhookSecret };
    if (how === "of ten minutes ago") return (await sendSigned(target, message, Math.floor(Date.now() / 1000) - 600)).status;
    const signature = new Stripe("sk_test_none").webhooks.generateTestHeaderString({ payload: "{}", secret: cloud.webhookSecret });
    const headers: Record<string, string> = how === "unsigned" ? {} : { "stripe-signature": signature };
    return (await fetch("/v1/webhooks/stripe", { method: "POST", headers, body: JSON.stringify(message) })).status;
  }

  test.each(FORGED)("but %s, of any type that moves money, is refused and moves nothing", async (how) => {
    const { id, customer, email, balance } = await payer();
    await use(cloud, email, "claude-sonnet", { in: 2_000_000, out: 0 });
    const flushed = () => cloud.stripe.store.counted.find((one) => one.customer === customer)?.identifier;
    await expect.poll(flushed, { timeout: 20_000 }).toBeDefined();
    const before = await balance();
    const metadata = { user_id: id, purpose: "credits", tier: "managed" };
    const session = { id: randomUUID(), mode: "payment", payment_status: "paid", currency: "usd", amount_total: 100, customer, metadata };
    const invoice = { id: randomUUID(), customer, amount_paid: 100, amount_remaining: 100 };
    const taken = { id: randomUUID(), charge: "ch_1", amount: 100 };
    for (const message of [
      event("checkout.session.completed", session),
      event("checkout.session.completed", { ...session, mode: "subscription", metadata: { ...metadata, tier: "byok" } }),
      event("invoice.paid", invoice),
      event("invoice.payment_failed", invoice),
      event("invoice.voided", invoice),
      event("refund.created", taken),
      event("charge.dispute.funds_withdrawn", taken),
      event("customer.subscription.deleted", { customer }),
      { id: "evt_1", object: "v2.core.event", type: "v1.billing.meter.error_report_triggered", created: new Date().toISOString() },
    ])
      expect(await send(how, message)).toBe(401);
    expect(await balance()).toEqual(before);
  });
});

describe("a card that has expired", () => {
  const PAGE = "https://invoice.example.com/i/acct_1/live_2";
  let events = 0;
  const tell = async (type: string, object: object) =>
    (await sendWebhook({ url: `${cloud.url}/v1/webhooks/stripe`, secret: cloud.webhookSecret }, type, object, `evt_card_${events++}`))
      .status;
  const invoiceOf = (customer: string) => ({
    id: `in_${randomUUID()}`,
    customer,
    amount_paid: 0,
    amount_remaining: 618,
    hosted_invoice_url: PAGE,
  });
  /** A user who owes 618 cents on an invoice. */
  async function debtor() {
    const user = await payer();
    await use(cloud, user.email, "claude-sonnet", { in: 2_000_000, out: 0 });
    await expect.poll(user.balance, { timeout: 20_000 }).toMatchObject({ billed: 618 * NANO_PER_CENT });
    return { ...user, invoice: invoiceOf(user.customer) };
  }
  const ask = async (key: string) => (await call(key, "POST", "/v1/escalations", question())).body;

  test.each(["invoice.payment_failed", "invoice.payment_action_required"])(
    "(%s) is told with a page to pay on; work is refused but for what credits cover, until it is paid",
    async (type) => {
      const { key, balance, invoice } = await debtor();
      const { unpaid: none, ...before } = await balance();
      expect(none).toEqual([]);
      for (let i = 0; i < 2; i++) expect(await tell(type, invoice)).toBe(200);
      const { unpaid, ...failed } = await balance();
      expect([unpaid, failed]).toEqual([[{ amount: 618 * NANO_PER_CENT, page: PAGE }], before]);
      const asked = (await cloud.provider.received(MISCOUNTING["llama-3.3-70b"])).length;
      expect((await ask(key)).error).toMatchObject({ code: "payment_failed", action: "suspend_cloud" });
      expect(await cloud.provider.received(MISCOUNTING["llama-3.3-70b"])).toHaveLength(asked);
      expect(await balance()).toMatchObject({ held: 0, owed: 618 * NANO_PER_CENT });
      const page = await call(key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: "top-up-01" });
      await cloud.stripe.pay(String(page.body["id"]));
      expect(await ask(key)).toMatchObject({ outcome: "answered" });
      const { credits } = await balance();
      // A message that comes late changes nothing.
      const paid = { ...invoice, amount_paid: 618, amount_remaining: 0 };
      for (const [what, object] of [
        ["invoice.paid", paid],
        ["invoice.paid", paid],
        [type, invoice],
      ] as const)
        expect(await tell(what, object)).toBe(200);
      expect(await balance()).toMatchObject({ unpaid: [], owed: 0, billed: 618 * NANO_PER_CENT, credits });
    },
  );

  test("whose invoice is asked for no more bars nothing, and the invoice is no longer owed", async () => {
    const { key, balance, invoice } = await debtor();
    await tell("invoice.payment_failed", invoice);
    for (let i = 0; i < 2; i++) expect(await tell("invoice.voided", invoice)).toBe(200);
    expect(await balance()).toMatchObject({ unpaid: [], owed: 0 });
    expect(await ask(key)).toMatchObject({ outcome: "answered" });
  });

  test("paying for credits with it adds none, and bars nothing", async () => {
    const { key, customer, balance } = await payer();
    const { body } = await call(key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: "top-up-01" });
    const before = await balance();
    const failed = { id: "pi_1", customer, amount: 1000, last_payment_error: { code: "expired_card" } };
    const session = { id: body["id"], mode: "payment", payment_status: "unpaid", currency: "usd", amount_total: 1000, customer };
    for (const [type, object] of [
      ["payment_intent.payment_failed", failed],
      ["charge.failed", failed],
      ["checkout.session.async_payment_failed", session],
      ["checkout.session.completed", session],
      ["invoice.payment_failed", invoiceOf("cus_nobody")],
    ] as const)
      expect(await tell(type, object)).toBe(200);
    expect(await balance()).toEqual(before);
  });
});

describe("a device whose clock", () => {
  const DAY = 24 * 3600_000;
  const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
  test.each([
    ["is a year ahead", 365 * DAY, "counted"],
    ["is at the end of numbers", 9e15, "counted"],
    ["is two days behind", -2 * DAY, "counted"],
    ["is of a time before there were prices", -50 * 365 * DAY, "unknown"],
  ] as const)("%s tells of a receipt: it is counted once, and no later than today", async (_what, aheadMs, outcome) => {
    const { key, balance } = await payer("byok");
    const event = { id: randomUUID(), at: Date.now() + aheadMs, model: "claude-sonnet", tokens: { in: 10_000, out: 0 } };
    const tell = async () => (await call(key, "POST", "/v1/billing/events", { events: [event] })).body;
    for (let i = 0; i < 3; i++) expect(await tell()).toMatchObject({ counted: [], unknown: [], tooOld: [], [outcome]: [event.id] });
    expect(await balance()).toMatchObject({ unbilled: outcome === "counted" ? 0.9 * NANO_PER_CENT : 0 });
    const days = (await call(key, "GET", "/v1/billing/usage?days=366")).body["days"] as unknown as { day: string; calls: number }[];
    expect(days.map((one) => [one.day, one.calls])).toEqual(outcome === "counted" ? [[dayOf(Math.min(event.at, Date.now())), 1]] : []);
  });

  test.each([-1, 0.5, 2 ** 53, "now", null])("says %j is refused, and nothing of what it tells beside is counted", async (at) => {
    const { key, balance } = await payer("byok");
    const event = { id: randomUUID(), at: Date.now(), model: "claude-sonnet", tokens: { in: 10_000, out: 0 } };
    const { status, body } = await call(key, "POST", "/v1/billing/events", { events: [event, { ...event, id: randomUUID(), at }] });
    expect([status, body.error?.code]).toEqual([400, "invalid_request"]);
    expect(await balance()).toMatchObject({ unbilled: 0 });
  });
});

describe("a database that fails in the council's own object", () => {
  test.each([
    ["of an adapter", "adapter", { loraId: randomUUID() }],
    ["of a project", "member", { projectId: randomUUID() }],
    ["of what is shared", "shared_chunk", { shared: true }],
  ] as const)(
    "refuses a question %s, holds and charges nothing, and knows no more than before when it works again",
    async (_what, table, more) => {
      const { key, balance } = await payer();
      if ("shared" in more)
        await call(key, "POST", "/v1/knowledge", { name: "a.md", chunks: [{ heading: "", text: "Who built the Heliograph is known." }] });
      const asked = question(more);
      vi.spyOn(console, "error").mockImplementation(() => {}); // the fault is logged
      await env.DATABASE.exec(`ALTER TABLE ${table} RENAME TO ${table}_away`);
      try {
        const { status, body } = await call(key, "POST", "/v1/escalations", asked);
        expect([status, body.error?.code]).toEqual([503, "unavailable"]);
        expect(JSON.stringify(body)).not.toMatch(/D1|SQL|table/);
      } finally {
        await env.DATABASE.exec(`ALTER TABLE ${table}_away RENAME TO ${table}`);
        vi.restoreAllMocks();
      }
      expect(await balance()).toMatchObject({ held: 0, unbilled: 0 });
      expect((await call(key, "POST", "/v1/escalations", asked)).status).toBe("shared" in more ? 200 : 404);
      expect(await balance()).toMatchObject({ held: 0 });
    },
  );
});
