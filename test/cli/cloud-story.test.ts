/** The cloud from sign-in to sign-out, as a person at the command goes through it; money to the nano-dollar at every step. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decimalDollars } from "../../bin/services/cloud/money.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { LedgerStore } from "../../plugins/billing/index.ts";
import { logIn, priceOf, printed, subscribe, userOf } from "./cloud-user.ts";
import { HANDBOOK } from "./handbook.ts";

const QUESTION = "Is ada.quill@station.example the address of the keeper of the northern station?";
const MODEL = "llama-3.3-70b";
const PAID_IN = 5_000_000_000;

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ gateway: true });
});
afterAll(() => cloud.close());

interface Balance {
  readonly tier: string;
  readonly credits: string;
  readonly unbilled: string;
  readonly free: { readonly used: string };
}
interface Usage {
  readonly total: { readonly requests: number; readonly cost: string; readonly charge: string; readonly fromCredits: string };
}

describe.each(["quic", "h2"] as const)("over %s", (link) => {
  test("login, ask --cloud --stream, balance, usage, topup, tier, logout", async () => {
    const user = userOf(cloud, {}, HANDBOOK);
    await printed(user, "config", "set", "cloud.link", link);
    await logIn(user, cloud, `story-${link}@example.com`);
    expect(await printed(user, "cloud", "status")).toMatchObject({ state: "connected", link, gateway: cloud.gateway });
    const balance = () => printed<Balance>(user, "cloud", "balance");
    const usage = async () => (await printed<Usage>(user, "cloud", "usage")).total;
    const before = (await cloud.provider.used()).length;
    const called = async (from: number) => (await cloud.provider.used()).slice(from);
    expect(await balance()).toMatchObject({ tier: "free", credits: "0.00", unbilled: "0.00" });

    await subscribe(user, cloud, "managed");
    const { id } = await printed<{ id: string }>(user, "cloud", "topup", "5");
    await cloud.stripe.pay(id);
    expect(await balance()).toMatchObject({ tier: "managed", credits: "5.00", unbilled: "0.00" });

    const asking = ["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--model", MODEL];
    const { code, stdout, stderr } = await user.run([...asking, "--stream"]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain("Ada Quill"); // what left had a token in its place
    const first = priceOf(await called(before), MODEL, "managed");
    expect(first.charge).toBeGreaterThan(0);
    expect(stdout).toMatch(/Written by llama-3\.3-70b, elsewhere/);
    expect(await balance()).toMatchObject({ credits: decimalDollars(PAID_IN - first.charge), unbilled: "0.00" });
    const charge = decimalDollars(first.charge);
    expect(await usage()).toMatchObject({ requests: 1, cost: decimalDollars(first.cost), charge, fromCredits: charge });

    const second = await printed<{ route: string; cost: { nanoDollars: number } }>(user, ...asking);
    const both = priceOf(await called(before), MODEL, "managed");
    expect(second).toMatchObject({ route: "cloud", cost: { nanoDollars: both.charge - first.charge } });
    expect(await balance()).toMatchObject({ credits: decimalDollars(PAID_IN - both.charge) });
    expect(await printed(user, "cloud", "usage", "--local")).toMatchObject({ spent: decimalDollars(both.charge), days: [{ same: true }] });

    expect(await printed(user, "cloud", "tier", "free")).toMatchObject({ tier: "free" });
    await printed(user, ...asking);
    const all = priceOf(await called(before), MODEL, "managed");
    const free = all.cost - both.cost;
    expect(await balance()).toMatchObject({
      tier: "free",
      credits: decimalDollars(PAID_IN - both.charge),
      free: { used: decimalDollars(free) },
    });
    expect(await usage()).toMatchObject({ requests: 3, cost: decimalDollars(all.cost), charge: decimalDollars(both.charge) });
    const store = new LedgerStore(user.home);
    const receipts = store.receipts(0, 10);
    store.close();
    expect(receipts.reduce((sum, { nanoDollars }) => sum + nanoDollars, 0)).toBe(all.cost);
    expect(receipts.reduce((sum, { chargeNanoDollars }) => sum + chargeNanoDollars, 0)).toBe(both.charge);

    expect(await printed(user, "cloud", "logout")).toMatchObject({ revoked: true });
    expect(await user.json(["cloud", "balance"])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_NOT_SIGNED_IN" } } });
  });
});
