import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { createKernel, type EscalationBrief, type Receipt, Trace } from "../../kernel/index.ts";
import { type BillingOptions, billing } from "./index.ts";
import { type DaySums, LedgerStore } from "./ledger.ts";
import { compareDays, isSame } from "./reconcile.ts";
import { type RequestCost, syncUsage, type UsageCloud, type UsageEvent } from "./sync.ts";

const FIXTURE = fileURLToPath(new URL("./record.fixture.ts", import.meta.url));
const ME = "account";
const DAY = 86_400_000;
const newHome = () => mkdtempSync(join(tmpdir(), "ledger-"));

function openStore(home = newHome()): LedgerStore {
  const store = new LedgerStore(home);
  onTestFinished(() => store.close());
  return store;
}

const receipt = (requestId: string, more: Partial<Receipt> = {}): Receipt => ({
  requestId,
  at: 1_000,
  via: "direct",
  model: "claude-sonnet",
  tokens: { in: 10, out: 20 },
  nanoDollars: 300,
  chargeNanoDollars: 0,
  ...more,
});

/** A cloud that takes what real ones take, counts it once, and can be made to fail. */
class FakeCloud implements UsageCloud {
  readonly account = ME;
  readonly counted = new Map<string, UsageEvent>();
  tier = "byok";
  owed = 0;
  sent = 0;
  fails: "before" | "after" | undefined;

  async send(events: readonly UsageEvent[], signal: AbortSignal): ReturnType<UsageCloud["send"]> {
    signal.throwIfAborted();
    this.sent++;
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThanOrEqual(200);
    if (this.fails === "before") throw new Error("offline");
    if (events.some(({ model }) => model === "refused")) return { refused: "invalid_request" };
    const unknown = events.filter(({ model }) => model === "unknown");
    const old = events.filter((event) => event.at < 100 && !unknown.includes(event));
    const counted = events.filter((event) => !old.includes(event) && !unknown.includes(event));
    for (const event of counted) this.counted.set(event.id, event);
    if (this.fails === "after") throw new Error("the answer was lost");
    const ids = (of: readonly UsageEvent[]) => of.map(({ id }) => id);
    return { counted: ids(counted), tooOld: ids(old), unknown: ids(unknown) };
  }

  readonly requests = new Map<string, RequestCost>();

  async request(id: string): Promise<RequestCost> {
    return this.requests.get(id) ?? { state: "unknown" };
  }

  async statement() {
    return { at: Date.now(), tier: this.tier, owed: this.owed, credits: 0 };
  }
}
const signal = new AbortController().signal;

test("a receipt is kept once, however often it is told, in a file that is private", () => {
  const home = newHome();
  const store = openStore(home);
  expect([store.record(receipt("a"), undefined), store.record(receipt("a", { nanoDollars: 999 }), ME)]).toEqual([true, false]);
  expect(store.receipts(0, 10)).toEqual([{ ...receipt("a"), state: "kept", reason: null }]);
  expect(statSync(join(home, "ledger.db")).mode & 0o777).toBe(0o600);
});

test.for([
  ["a fraction", { nanoDollars: 0.5 }],
  ["a negative amount", { chargeNanoDollars: -1 }],
  ["more than is exact", { nanoDollars: 2 ** 53 }],
  ["no number", { tokens: { in: Number.NaN, out: 0 } }],
] as const)("%s is no figure of a receipt", ([, more]) => {
  const store = openStore();
  expect(() => store.record(receipt("a", more), ME)).toThrow(RangeError);
  expect(store.receipts(0, 10)).toEqual([]);
});

test("large amounts are kept to the unit, and summed since a time", () => {
  const store = openStore();
  const large = 2 ** 52 + 1;
  store.record(receipt("a", { nanoDollars: large }), ME);
  store.record(receipt("b", { at: 2_000, via: "cloud", nanoDollars: 100, chargeNanoDollars: 103 }), ME);
  expect([store.spent(0), store.spent(1_001), store.spent(2_001)]).toEqual([large + 103, 103, 0]);
  expect(store.receipts(0, 1)).toMatchObject([{ requestId: "b" }]);
});

test("what waits for the cloud: one's own key's, of a tier that pays for it or is not known", () => {
  const store = openStore();
  store.record(receipt("unknown"), ME);
  store.record(receipt("cloud", { via: "cloud" }), ME);
  store.record(receipt("nobody"), undefined);
  store.keepStatement({ account: ME, at: 5, tier: "managed", owed: 0, credits: 0 });
  store.record(receipt("managed"), ME);
  store.keepStatement({ account: ME, at: 6, tier: "byok", owed: 0, credits: 0 });
  store.keepStatement({ account: ME, at: 4, tier: "managed", owed: 0, credits: 0 }); // an older one, that came late
  store.record(receipt("byok"), ME);
  expect(store.queued(ME, 10).map(({ requestId }) => requestId)).toEqual(["byok", "unknown"]);
  expect(store.queued("another", 10)).toEqual([]);
});

test("what waits is sent once; what the cloud does not take holds up nothing", async () => {
  const store = openStore();
  const cloud = new FakeCloud();
  for (let i = 0; i < 450; i++) store.record(receipt(`r${i}`, i === 123 ? { model: "unknown" } : i === 124 ? { at: 5 } : {}), ME);
  await syncUsage(store, cloud, signal);
  expect(cloud.counted.size).toBe(448);
  expect(store.queue(ME)).toMatchObject({ requests: 0, since: null });
  const refused = store.receipts(0, 1_000).filter(({ state }) => state === "refused");
  expect(refused).toMatchObject([
    { requestId: "r123", reason: "the cloud has no price of this model" },
    { requestId: "r124", reason: "too old" },
  ]);
  const { sent } = cloud;
  await syncUsage(store, cloud, signal);
  expect(cloud.sent).toBe(sent);
});

test.for(["before", "after"] as const)("a failure %s the cloud counted loses nothing and counts nothing twice", async (when) => {
  const store = openStore();
  const cloud = new FakeCloud();
  store.record(receipt("a"), ME);
  cloud.fails = when;
  await expect(syncUsage(store, cloud, signal)).rejects.toThrow();
  expect(store.queue(ME).requests).toBe(1);
  cloud.fails = undefined;
  await syncUsage(store, cloud, signal);
  expect([cloud.counted.size, store.queue(ME).requests]).toEqual([1, 0]);
});

test("on another tier nothing is sent, and nothing waits any longer", async () => {
  const store = openStore();
  const cloud = new FakeCloud();
  cloud.tier = "managed";
  store.record(receipt("a"), ME);
  expect(await syncUsage(store, cloud, signal)).toMatchObject({ tier: "managed" });
  expect([cloud.sent, store.receipts(0, 1)[0]?.state]).toEqual([0, "kept"]);
});

test("whatever fails and is repeated, what the cloud counts is what was recorded", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.record({ id: fc.nat(30) }), fc.constantFrom("before" as const, "after" as const, "ok" as const)), {
        maxLength: 60,
      }),
      async (steps) => {
        const store = new LedgerStore(newHome());
        const cloud = new FakeCloud();
        const told = new Set<string>();
        for (const step of steps) {
          if (typeof step === "object") {
            store.record(receipt(`id-${step.id}`), ME);
            told.add(`id-${step.id}`);
            continue;
          }
          cloud.fails = step === "ok" ? undefined : step;
          await syncUsage(store, cloud, signal).catch(() => {});
        }
        cloud.fails = undefined;
        await syncUsage(store, cloud, signal);
        store.close();
        expect(new Set(cloud.counted.keys())).toEqual(told);
      },
    ),
    { numRuns: 25 },
  );
});

test("a process that is killed has kept every receipt that it named", async () => {
  const home = newHome();
  new LedgerStore(home).close();
  for (const after of [1, 40, 90]) {
    const child = spawn(process.execPath, [FIXTURE, home, "100000", `k${after}-`], { stdio: ["ignore", "pipe", "inherit"] });
    let named = "";
    child.stdout.on("data", (text) => {
      named += text;
      if (named.split("\n").length > after) child.kill("SIGKILL");
    });
    await once(child, "close");
    const ids = named.split("\n").slice(0, -1);
    const store = new LedgerStore(home);
    const kept = new Set(store.receipts(0, 1_000_000).map(({ requestId }) => requestId));
    store.close();
    expect(ids.length).toBeGreaterThanOrEqual(after);
    expect(ids.filter((id) => !kept.has(id))).toEqual([]);
  }
});

test("two processes that tell the same receipts keep each one once, also in a new home", async () => {
  const home = newHome();
  const outputs = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, [FIXTURE, home, "150", "s"])));
  const named = outputs.flatMap(({ stdout }) => stdout.split("\n").filter(Boolean));
  expect([named.length, new Set(named).size]).toEqual([150, 150]);
  expect(openStore(home).spent(0)).toBe(150 * 7);
});

/** The plugin in a kernel, as the program has it. */
async function start(more: Partial<BillingOptions> = {}) {
  const home = newHome();
  const cloud = new FakeCloud();
  const options = {
    home,
    account: async () => ME,
    via: "cloud" as const,
    cloud: async () => cloud,
    sync: { seconds: 3_600, nanoDollars: 1_000 },
    ceiling: 0,
    ...more,
  };
  const kernel = await createKernel([billing(options)]);
  const call = { signal, trace: new Trace() };
  return {
    home,
    cloud,
    kernel,
    bill: (told: Receipt) => kernel.hooks.bill.promise(told, call),
    ask: (requestId = "asked") =>
      kernel.hooks.escalate.promise({ requestId, model: "auto" } as EscalationBrief, { cancelled: signal, tell: async () => {} }, call),
  };
}

test("nothing is opened before something is billed; the ledger then tells what was spent", async () => {
  const { home, kernel, bill } = await start();
  expect(existsSync(join(home, "ledger.db"))).toBe(false);
  await bill(receipt("a"));
  expect(kernel.service("ledger").spent(0)).toEqual({ nanoDollars: 300 });
  expect(kernel.service("ledger").receipts(0, 5)).toMatchObject([{ requestId: "a" }]);
  expect(kernel.service("ledger").balance()).toEqual({ nanoDollars: 0 });
  await kernel.close();
});

test("the cloud is told when enough has come together, and its absence is no matter", async () => {
  const { cloud, kernel, bill } = await start();
  for (const id of ["a", "b", "c"]) await bill(receipt(id, { at: Date.now() }));
  expect(cloud.sent).toBe(0);
  cloud.fails = "before";
  await bill(receipt("d", { at: Date.now() }));
  await expect.poll(() => cloud.sent).toBe(1);
  cloud.fails = undefined;
  await bill(receipt("e", { at: Date.now() }));
  await kernel.close();
  expect(cloud.counted.size).toBe(5);
});

test("the cloud is told when the first has waited long enough", async () => {
  const { cloud, kernel, bill } = await start({ sync: { seconds: 0.05, nanoDollars: 1e15 } });
  await bill(receipt("a", { at: Date.now() }));
  await expect.poll(() => cloud.counted.size).toBe(1);
  await kernel.close();
});

test("a receipt is kept also when nobody can tell who is signed in", async () => {
  const { kernel, bill } = await start({ account: () => Promise.reject(new Error("the file is damaged")) });
  await bill(receipt("a"));
  expect(kernel.service("ledger").receipts(0, 5)).toMatchObject([{ requestId: "a", state: "kept" }]);
  await kernel.close();
});

test("a ledger that cannot be kept says so before anything is paid for", async () => {
  const { home, kernel, ask } = await start();
  writeFileSync(join(home, "ledger.db"), "no database at all, and long enough to be taken for one ".repeat(20));
  await expect(async () => ask()).rejects.toMatchObject({ code: "DATABASE_CORRUPT" });
  await kernel.close();
});

test("a cloud that counts nothing of what it was sent is not asked for ever", async () => {
  const store = openStore();
  const cloud = new FakeCloud();
  cloud.send = async () => ({ counted: ["somebody else's"], tooOld: [], unknown: [] });
  store.record(receipt("a"), ME);
  await expect(syncUsage(store, cloud, signal)).rejects.toMatchObject({ code: "CLOUD_FAILED" });
  expect(store.queue(ME).requests).toBe(1);
});

test("at the user's ceiling nothing more is sent, until the cloud says that less is owed", async () => {
  const { cloud, kernel, bill, ask } = await start({ ceiling: 1_000 });
  await expect(ask()).resolves.toBeUndefined();
  await bill(receipt("a", { at: Date.now(), via: "cloud", chargeNanoDollars: 999 }));
  await expect(ask()).resolves.toBeUndefined();
  await bill(receipt("b", { at: Date.now(), via: "cloud", chargeNanoDollars: 1 }));
  cloud.owed = 1_000;
  await expect(ask()).rejects.toMatchObject({ code: "SPENDING_CEILING_REACHED", exit: 5 });
  expect(kernel.service("ledger").balance().nanoDollars).toBeGreaterThanOrEqual(1_000);
  cloud.owed = 0; // it was paid
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(ask()).resolves.toBeUndefined();
  await kernel.close();
});

describe("a request whose end nobody told", () => {
  const left = (store: LedgerStore, requestId: string, at = Date.now()) =>
    store.begin({ requestId, at, via: "cloud", model: "auto", adapter: "tone", project: null }, ME);
  const figures = { at: 5_000, model: "claude-opus", tokens: { in: 3, out: 4 }, nanoDollars: 50, chargeNanoDollars: 52 };

  test("gets its receipt from what the cloud has charged, once, and says so", async () => {
    const store = openStore();
    const cloud = new FakeCloud();
    left(store, "a");
    cloud.requests.set("a", { state: "open" });
    await syncUsage(store, cloud, signal);
    expect([store.receipts(0, 5), store.waits(ME)]).toEqual([[], true]);
    cloud.requests.set("a", { state: "settled", ...figures });
    for (let i = 0; i < 2; i++) await syncUsage(store, cloud, signal);
    const found = { requestId: "a", via: "cloud", ...figures, adapter: "tone", state: "kept" };
    expect(store.receipts(0, 5)).toEqual([{ ...found, reason: expect.stringContaining("found at the cloud") }]);
    expect(store.waits(ME)).toBe(false);
  });

  test("is forgotten when the cloud has not heard of it for long enough, and not before", async () => {
    const store = openStore();
    const cloud = new FakeCloud();
    left(store, "new");
    left(store, "old", Date.now() - 31 * 60_000);
    await syncUsage(store, cloud, signal);
    expect(store.unfinished().map(({ requestId }) => requestId)).toEqual(["new"]);
  });

  test("is nothing once it has a receipt, and another account's is not asked about", async () => {
    const store = openStore();
    left(store, "a");
    store.record(receipt("a", { via: "cloud" }), ME);
    store.begin({ requestId: "b", at: 1, via: "cloud", model: "auto", adapter: null, project: null }, "another");
    expect([store.unfinished(ME), store.unfinished().length]).toEqual([[], 1]);
  });

  test.each(["cloud", "direct"] as const)(
    "over %s is noted before anything leaves; of one's own key's, those that this process saw the end of are none",
    async (via) => {
      const { home, kernel, ask, bill } = await start({ via });
      await ask("failed");
      await ask("told");
      await bill(receipt("told", { via }));
      const store = openStore(home);
      expect(store.unfinished().map(({ requestId }) => requestId)).toEqual(["failed"]);
      await kernel.close();
      expect(store.unfinished().map(({ requestId }) => requestId)).toEqual(via === "cloud" ? ["failed"] : []);
    },
  );
});

test("the ledger here and the cloud's are compared by day", () => {
  const store = openStore();
  const noon = DAY * 20_000 + DAY / 2;
  store.record(receipt("a", { at: noon, via: "cloud", nanoDollars: 100, chargeNanoDollars: 103 }), ME);
  store.record(receipt("b", { at: noon, via: "cloud", nanoDollars: 100, chargeNanoDollars: 103 }), ME);
  store.record(receipt("c", { at: noon - DAY }), ME); // waits: the cloud does not know of it
  store.record(receipt("d", { at: noon, via: "cloud" }), "another");
  const sums = { requests: 2, tokensIn: 20, tokensOut: 40, cost: 200, charge: 206 };
  expect(store.days(ME, 0)).toEqual([{ day: "2024-10-04", ...sums }]);
  const elsewhere: DaySums = { day: "2024-10-05", requests: 1, tokensIn: 1, tokensOut: 1, cost: 5, charge: 6 };
  const days = compareDays(store.days(ME, 0), [elsewhere, { day: "2024-10-04", ...sums, requests: 1 }]);
  expect(days.map(({ day }) => day)).toEqual(["2024-10-05", "2024-10-04"]);
  expect(days[0]?.difference).toEqual({ requests: 1, tokensIn: 1, tokensOut: 1, cost: 5, charge: 6 });
  expect(days[1]?.difference).toEqual({ requests: -1, tokensIn: 0, tokensOut: 0, cost: 0, charge: 0 });
  expect(compareDays(store.days(ME, 0), [{ day: "2024-10-04", ...sums }]).every(isSame)).toBe(true);
  store.settle(["c"], "counted");
  const fee: DaySums = { day: "2024-10-03", requests: 1, tokensIn: 10, tokensOut: 20, cost: 300, charge: 90 };
  expect(compareDays(store.days(ME, 0), [fee, { day: "2024-10-04", ...sums }]).every(isSame)).toBe(true); // the fee is the cloud's to say
});
