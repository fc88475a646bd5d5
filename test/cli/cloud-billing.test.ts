/** Money, seen from outside the process, with the cloud on this machine: the ledger here and the one there. */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloudAccount } from "../../bin/services/cloud/usage-cloud.ts";
import { loadConfig } from "../../bin/services/config.ts";
import { sendWebhook } from "../../cloud/fakes/stripe/webhooks.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import type { Receipt } from "../../kernel/index.ts";
import { LedgerStore } from "../../plugins/billing/index.ts";
import { newKey, userOf } from "./cloud-user.ts";
import { finished, type User } from "./synesis.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

/** A user who is signed in. */
async function signedIn(name: string): Promise<User> {
  const user = userOf(cloud);
  const { code, stderr } = await user.run(["cloud", "login", "-"], { input: await newKey(cloud, `${name}@example.com`) });
  expect(code, stderr).toBe(0);
  return user;
}

async function onByok(name: string): Promise<User> {
  const user = await signedIn(name);
  const { value } = await user.json(["cloud", "tier", "byok"]);
  await cloud.stripe.pay((value as { checkout: { id: string } }).checkout.id);
  expect(await user.json(["cloud", "balance"])).toMatchObject({ code: 0, value: { tier: "byok" } });
  return user;
}

/** What the user's own key paid, as a question's end would record it. */
function spend(user: User, count: number, more: Partial<Receipt> = {}): void {
  const store = new LedgerStore(user.home);
  const account = cloudAccount(user.home, loadConfig(user.home));
  expect(account).toBeDefined();
  for (let i = 0; i < count; i++) {
    const receipt = {
      requestId: crypto.randomUUID(),
      at: Date.now(),
      via: "direct",
      model: "claude-sonnet",
      tokens: { in: 100, out: 10 },
    } as const;
    store.record({ ...receipt, nanoDollars: 450_000, chargeNanoDollars: 0, ...more }, account);
  }
  store.close();
}

interface Compared {
  readonly spent: string;
  readonly days: { readonly cloud: { readonly requests: number }; readonly same: boolean }[] | null;
  readonly waiting: { readonly requests: number };
  readonly refused: { readonly reason: string }[];
}
const compare = async (user: User) => (await user.json(["cloud", "usage", "--local", "--days", "2"])).value as Compared;
const counted = ({ days }: Compared) => (days ?? []).reduce((sum, { cloud: { requests } }) => sum + requests, 0);

test("an amount is paid in exactly, on the payment provider's page", async () => {
  const user = await signedIn("ada");
  const { code, value } = await user.json(["cloud", "topup", "12.50"]);
  expect({ code, value }).toMatchObject({ code: 0, value: { cents: 1250, url: expect.stringMatching(/^https?:/) } });
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { credits: "0.00" } });
  await cloud.stripe.pay((value as { id: string }).id);
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { credits: "12.50", unbilled: "0.00" } });
  expect((await user.run(["cloud", "topup", "$1"])).stdout).toMatch(/^Open this page to pay:\nhttps?:\S+\n$/);
});

test("what is no amount is refused before anything is sent", async () => {
  const user = userOf({ url: "http://127.0.0.1:9" });
  for (const amount of ["0.99", "1000.01", "10.505", "1e2", "-5", "١٠", "1,000", "0x10", "NaN", "", " ", "99999999999999999999"])
    expect(await user.run(["cloud", "topup", "--", amount]), amount).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.not.stringContaining("answer"),
    });
});

test("a tier is chosen: free at once, others once they are subscribed to", async () => {
  const user = await signedIn("bob");
  const { code, value } = await user.json(["cloud", "tier", "managed"]);
  expect({ code, value }).toMatchObject({ code: 0, value: { tier: null, checkout: { url: expect.stringMatching(/^https?:/) } } });
  await cloud.stripe.pay((value as { checkout: { id: string } }).checkout.id);
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { tier: "managed" } });
  expect(await user.json(["cloud", "tier", "free"])).toMatchObject({ code: 0, value: { tier: "free", checkout: null } });
  expect(await user.json(["cloud", "tier", "gold"])).toMatchObject({ code: 2, value: { error: { code: "USAGE" } } });
});

test("an invoice that could not be paid from the card is shown with its page, until it is paid", async () => {
  const user = await onByok("eve");
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { unpaid: [] } });
  const customer = [...cloud.stripe.store.customers].at(-1);
  const page = "https://invoice.example.com/i/1";
  const tell = async (type: string, amount_paid: number) => {
    const invoice = { id: "in_cli", customer, amount_paid, amount_remaining: 700 - amount_paid, hosted_invoice_url: page };
    const target = { url: `${cloud.url}/v1/webhooks/stripe`, secret: cloud.webhookSecret };
    expect((await sendWebhook(target, type, invoice, `evt_${type}`)).status).toBe(200);
  };
  await tell("invoice.payment_failed", 0);
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { unpaid: [{ amount: "7.00", page }] } });
  expect((await user.run(["cloud", "balance"])).stdout).toContain(`Unpaid    $7.00 could not be paid from your card: pay at ${page}\n`);
  await tell("invoice.paid", 700);
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { unpaid: [], owed: "-7.00" } });
});

test("what one's own key paid is counted there once, and both ledgers agree", async () => {
  const user = await onByok("cid");
  spend(user, 250);
  expect(await compare(user)).toMatchObject({
    spent: "0.1125",
    days: [{ same: true, cloud: { requests: 250, cost: "0.1125" } }],
    refused: [],
  });
  const { value } = await user.json(["cloud", "usage", "--days", "1"]);
  // 30% of 450,000 nano-dollars, 250 times
  expect(value).toMatchObject({
    days: [{ requests: 250, tokensIn: 25_000, cost: "0.1125", charge: "0.03375" }],
    total: { charge: "0.03375" },
  });
  expect(await user.json(["cloud", "balance"])).toMatchObject({ value: { unbilled: "0.03375", owed: "0.03375" } });
  const { stdout } = await user.run(["cloud", "usage"]);
  expect(stdout).toMatch(/^Day +Requests .*\n\d{4}-\d\d-\d\d +250 +25000 +2500 +0\.1125 +0\.03375 +0\.00\ntotal +250 /);
});

test("what the cloud does not price is named, and holds up nothing else", async () => {
  const user = await onByok("dan");
  spend(user, 1, { model: "somebody's own" });
  spend(user, 3, { model: "claude-sonnet-4-5-20250929" }); // as the provider calls it
  expect(await compare(user)).toMatchObject({
    waiting: { requests: 0 },
    days: [{ cloud: { requests: 3 } }],
    refused: [{ reason: "the cloud has no price of this model" }],
  });
  expect((await user.run(["cloud", "usage", "--local"])).stdout).toMatch(/Not counted: \S+ \(somebody's own\): the cloud has no price/);
});

test("processes that tell the cloud at once, and one that is killed meanwhile, count nothing twice and lose nothing", async () => {
  const user = await onByok("eva");
  spend(user, 700);
  const killed = [150, 300, 450, 600].map(async (ms) => {
    const child = user.start(["cloud", "usage", "--local", "--json"]);
    const end = finished(child); // it may be done before it is killed
    await wait(ms);
    child.kill("SIGKILL");
    await end;
  });
  const told = await Promise.all([compare(user), compare(user), ...killed]);
  expect(told.slice(0, 2)).toEqual(told.slice(0, 2).map(() => expect.objectContaining({ waiting: { requests: 0, cost: "0.00" } })));
  expect(counted(await compare(user))).toBe(700);
});

test("offline the ledger here is shown alone, and what waits is told later", async () => {
  const user = await onByok("fay");
  spend(user, 2);
  await user.run(["config", "set", "cloud.api", "http://127.0.0.1:9"]);
  expect(await user.json(["cloud", "usage", "--local"])).toMatchObject({
    code: 0,
    value: { spent: "0.0009", days: null, offline: expect.any(String) },
  });
  expect(await user.json(["cloud", "usage"])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_NOT_SIGNED_IN" } } });
  await user.run(["config", "set", "cloud.api", cloud.url]);
  expect(counted(await compare(user))).toBe(2);
});

test("on a tier on which one's own key is not the cloud's business it is told nothing", async () => {
  const user = await signedIn("gus");
  spend(user, 2);
  expect(await compare(user)).toMatchObject({ spent: "0.0009", days: [], waiting: { requests: 0 } });
});

test("logout tells the rest first", async () => {
  const user = await onByok("hal");
  spend(user, 5);
  expect(await user.json(["cloud", "logout"])).toMatchObject({ value: { revoked: true } });
  await user.run(["cloud", "login", "-"], { input: await newKey(cloud, "hal@example.com") });
  expect(await user.json(["cloud", "usage"])).toMatchObject({ value: { total: { requests: 5 } } });
});

test("nobody signed in is told what to do", async () => {
  const user = userOf(cloud);
  for (const args of [["balance"], ["usage"], ["topup", "5"], ["tier", "free"]])
    expect(await user.json(["cloud", ...args])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_NOT_SIGNED_IN" } } });
  expect(await user.json(["cloud", "usage", "--local"])).toMatchObject({
    code: 0,
    value: { spent: "0.00", offline: "You are not signed in." },
  });
});
