import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { AmountError, NANO_PER_CENT, NANO_PER_DOLLAR } from "../money/nano-dollars.ts";
import { DEFAULT_CEILING, FREE_MONTHLY_LIMIT } from "../money/tier.ts";
import { EVENTS_KEPT, FLUSH_AGE } from "./account-row.ts";
import { Ledger } from "./ledger.ts";
import { FakeMeter, type Fate } from "./meter.fixture.ts";
import { nodeSql } from "./node-sql.fixture.ts";
import { rejectFlush } from "./outbox.ts";
import type { UsageEvent } from "./record.ts";
import { sendFlush } from "./send-flush.ts";

const START = Date.parse("2026-03-10T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let now = START;
let ledger: Ledger;
let meter: FakeMeter;

beforeEach(() => {
  now = START;
  ledger = new Ledger(nodeSql(), () => now);
  ledger.setTier("managed");
  ledger.setCustomer("cus_1");
  meter = new FakeMeter(() => now);
});

/** A call whose cost is that many cents. */
const costing = (cents: number) => ({ model: "m", tokens: { in: cents * 10_000, out: 0 }, price: { in: NANO_PER_DOLLAR, out: 0 } });
const event = (id: string, cents: number, at = now): UsageEvent => ({ id, at, ...costing(cents) });
const charged = (cents: number) => (cents * NANO_PER_CENT * 103) / 100;
const HOLD = { expiresIn: MINUTE };
const tick = () => sendFlush(ledger, meter, "ledger");

/** Lets the time pass in which the ledger asks for attention, up to `until`. */
async function pass(until: number): Promise<void> {
  for (let due = ledger.due(); due !== undefined && due <= until; due = ledger.due()) {
    now = Math.max(now, due);
    ledger.tend();
    await tick();
  }
  now = Math.max(now, until);
}

describe("usage", () => {
  test("is counted once, whatever is sent again", () => {
    expect(ledger.record([event("a", 10)])).toEqual([{ id: "a", outcome: "recorded", cost: 10 * NANO_PER_CENT, charge: charged(10) }]);
    expect(ledger.record([event("a", 10), event("a", 99)]).map(({ outcome, charge }) => [outcome, charge])).toEqual([
      ["duplicate", charged(10)],
      ["duplicate", charged(10)],
    ]);
    expect(ledger.balance()).toMatchObject({ unbilled: charged(10), cents: { unbilled: 11 } });
  });

  test("of which one event is impossible is not recorded at all", () => {
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => ledger.record([event("a", 1), { ...event("b", 1), tokens: { in: bad, out: 0 } }])).toThrow(AmountError);
    expect(ledger.balance().unbilled).toBe(0);
    expect(ledger.record([event("a", 1)])[0]?.outcome).toBe("recorded");
  });

  test("takes credits first", () => {
    ledger.move({ id: "c", kind: "credit", cents: 100 });
    ledger.record([event("a", 80)]);
    expect(ledger.balance()).toMatchObject({ credits: 100 * NANO_PER_CENT - charged(80), unbilled: 0 });
    ledger.record([event("b", 80)]);
    expect(ledger.balance()).toMatchObject({ credits: 0, unbilled: charged(160) - 100 * NANO_PER_CENT });
  });

  test("with a clock ahead counts as now's; of a time whose events are gone it is refused, and so is never counted twice", async () => {
    ledger.record([event("ahead", 1, now + DAY), event("old", 1)]);
    expect(ledger.statement(1)).toMatchObject([{ day: "2026-03-10", requests: 2 }]);
    await pass(START + EVENTS_KEPT + 2 * DAY);
    expect(ledger.record([event("old", 1, START)])).toEqual([{ id: "old", outcome: "too_old", cost: 0, charge: 0 }]);
    expect(ledger.statement(120)).toMatchObject([{ calls: 2, charge: charged(2) }]);
  });
});

describe("a hold", () => {
  test("comes before work, and a settlement after it; both may be repeated", () => {
    const hold = () => ledger.hold({ id: "r", most: [costing(50)], ...HOLD });
    expect(hold()).toEqual({ outcome: "held", tier: "managed", cost: 50 * NANO_PER_CENT, charge: charged(50) });
    expect(hold()).toEqual({ outcome: "in_progress" });
    expect(ledger.balance().held).toBe(charged(50));
    expect(ledger.settle("r", [costing(20)])).toMatchObject([{ outcome: "recorded", charge: charged(20) }]);
    expect(ledger.settle("r", [costing(20)])).toMatchObject([{ outcome: "duplicate", charge: charged(20) }]);
    expect(hold()).toEqual({ outcome: "settled" });
    expect(ledger.balance()).toMatchObject({ held: 0, unbilled: charged(20) });
  });

  test("is refused where it would pass the ceiling, together with all other holds", () => {
    const almost = { most: [costing(9000)], ...HOLD };
    expect(ledger.hold({ id: "1", ...almost })).toMatchObject({ outcome: "held" });
    expect(ledger.hold({ id: "2", ...almost })).toEqual({ outcome: "credit_ceiling_exceeded" });
    now += MINUTE;
    expect(ledger.hold({ id: "2", ...almost })).toMatchObject({ outcome: "held" });
  });

  test("that expired loses nothing: what the provider did is recorded, on the tier it was begun on", () => {
    ledger.hold({ id: "r", most: [costing(50)], ...HOLD });
    ledger.setTier("byok");
    now += HOUR;
    ledger.hold({ id: "other", most: [costing(1)], ...HOLD });
    expect(ledger.settle("r", [costing(50)])).toMatchObject([{ charge: charged(50) }]);
  });

  test("that is released holds nothing", () => {
    ledger.hold({ id: "r", most: [costing(50)], ...HOLD });
    ledger.release("r");
    expect(ledger.balance()).toMatchObject({ held: 0, unbilled: 0 });
  });

  test("counts calls of a request as one request", () => {
    ledger.settle("r", [costing(1), costing(2), costing(3)]);
    expect(ledger.statement(1)).toMatchObject([{ requests: 1, calls: 3, cost: 6 * NANO_PER_CENT }]);
  });

  test("of a closed account is refused, and what had begun is still recorded", () => {
    ledger.hold({ id: "r", most: [costing(50)], ...HOLD });
    ledger.close();
    expect(ledger.hold({ id: "s", most: [costing(1)], ...HOLD })).toEqual({ outcome: "account_closed" });
    expect(ledger.settle("r", [costing(50)])).toMatchObject([{ outcome: "recorded" }]);
  });

  test("on the free tier ends at the month's limit, and a new month begins anew", () => {
    ledger.setTier("free");
    ledger.settle("r", [costing(FREE_MONTHLY_LIMIT / NANO_PER_CENT)]);
    expect(ledger.balance()).toMatchObject({ unbilled: 0, free: { used: FREE_MONTHLY_LIMIT } });
    expect(ledger.hold({ id: "s", most: [costing(1)], ...HOLD })).toEqual({ outcome: "free_limit_exceeded" });
    now += 31 * DAY;
    expect(ledger.hold({ id: "s", most: [costing(1)], ...HOLD })).toMatchObject({ outcome: "held" });
  });
});

describe("money that moves", () => {
  test("is noted once", () => {
    const credit = { id: "cs_1", kind: "credit", cents: 1000 } as const;
    expect([ledger.move(credit), ledger.move(credit)]).toEqual([true, false]);
    expect(ledger.balance().cents.credits).toBe(1000);
  });

  test("and is taken back after it was used is owed", () => {
    ledger.move({ id: "c", kind: "credit", cents: 100 });
    ledger.record([event("a", 60)]);
    ledger.move({ id: "r", kind: "reversal", cents: 100 });
    expect(ledger.balance()).toMatchObject({ credits: 0, unbilled: charged(60), owed: charged(60) });
  });

  test("pays what was billed, and an undone payment is owed again", async () => {
    ledger.record([event("a", 1000)]);
    await pass(now);
    ledger.move({ id: "in_1", kind: "payment", cents: 1030 });
    expect(ledger.balance().owed).toBe(0);
    ledger.move({ id: "dp_1", kind: "unpayment", cents: 1030 });
    expect(ledger.balance().owed).toBe(charged(1000));
  });
});

describe("a flush", () => {
  test("happens at 5 dollars, in whole cents, and carries the rest", async () => {
    ledger.record([event("a", 485)]);
    expect(ledger.due()).toBe(START + FLUSH_AGE);
    ledger.record([event("b", 1), { ...event("c", 0), tokens: { in: 1, out: 0 } }]);
    await pass(now);
    expect(meter.counts).toEqual([{ customer: "cus_1", cents: 500, identifier: "ledger.1", timestamp: START / 1000 }]);
    expect(ledger.balance().unbilled).toBe(charged(486) + 1030 - 500 * NANO_PER_CENT);
  });

  test("happens after a week however little there is, under steady load too", async () => {
    for (let day = 0; day < 7; day++) {
      ledger.record([event(`e${day}`, 2)]);
      await pass(now + DAY);
    }
    expect(meter.cents).toBe(14);
    expect(ledger.balance().unbilled).toBe(charged(14) - 14 * NANO_PER_CENT);
  });

  test("waits until somebody can be billed", async () => {
    const alone = new Ledger(nodeSql(), () => now);
    alone.setTier("managed");
    alone.record([event("a", 5000)]);
    expect(alone.due()).toBe(START + EVENTS_KEPT);
    alone.setCustomer("cus_2");
    expect(alone.due()).toBe(START);
  });

  test("whose answers are lost is sent again under the same identifier, and counted once", async () => {
    ledger.record([event("a", 1000)]);
    const fates: Fate[] = ["lost_answer", "lost_request", "lost_answer", "counted"];
    meter.fate = () => fates.shift() ?? "counted";
    await pass(now + HOUR);
    expect(fates).toEqual([]);
    expect(meter.counts.map(({ cents }) => cents)).toEqual([1030]);
    expect(ledger.balance().billed).toBe(charged(1000));
  });

  for (const [what, fate] of [
    ["has been counted is not sent again", "lost_answer"],
    ["has not been counted is sent again under a new identifier", "lost_request"],
  ] as const)
    test(`whose outcome is unknown for a day is looked up: what ${what}`, async () => {
      ledger.record([event("a", 1000)]);
      meter.fate = () => fate;
      await pass(now + 23 * HOUR);
      meter.fate = () => "counted";
      await pass(now + 3 * DAY);
      expect(meter.counts.map(({ cents, identifier }) => [cents, identifier])).toEqual([
        [1030, fate === "lost_answer" ? "ledger.1" : "ledger.2"],
      ]);
    });

  test("that disagrees with the provider's own sum is never sent again", async () => {
    ledger.record([event("a", 1000)]);
    meter.fate = () => "lost_request";
    await pass(now + 23 * HOUR);
    meter.fate = () => "counted";
    meter.counts.push({ customer: "cus_1", cents: 7, identifier: "stranger", timestamp: START / 1000 });
    await pass(now + 3 * DAY);
    expect(meter.counts).toHaveLength(1);
    now = ledger.due() ?? now;
    expect(await tick()).toBe("disagrees");
  });

  test("that the provider refuses afterwards is unbilled again, once, and billed the next day", async () => {
    ledger.record([event("a", 1000)]);
    await pass(now);
    for (let i = 0; i < 2; i++) ledger.change((account, at, sql) => ({ account: rejectFlush(sql, account, 1, at), result: undefined }));
    expect(ledger.balance()).toMatchObject({ billed: 0, unbilled: charged(1000) });
    await pass(now + 2 * DAY);
    expect(meter.counts.map(({ cents }) => cents)).toEqual([1030, 1030]);
    expect(ledger.balance()).toMatchObject({ billed: charged(1000), unbilled: 0 });
  });
});

test("whatever happens in whatever order: billed and unbilled are the charges that credits did not cover, and the provider counted what was billed", async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ record: fc.integer({ min: 0, max: 40 }), tokens: fc.integer({ min: 0, max: 9_000_000 }) }) },
    { weight: 1, arbitrary: fc.record({ credit: fc.integer({ min: 0, max: 900 }), id: fc.integer({ min: 0, max: 9 }) }) },
    { weight: 1, arbitrary: fc.record({ reverse: fc.integer({ min: 0, max: 900 }), id: fc.integer({ min: 0, max: 9 }) }) },
    { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 30 * HOUR }) }) },
    { weight: 1, arbitrary: fc.record({ tier: fc.constantFrom("managed", "byok", "free") }) },
    { weight: 1, arbitrary: fc.record({ fate: fc.constantFrom<Fate>("counted", "lost_answer", "lost_request") }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      now = START;
      const sql = nodeSql();
      ledger = new Ledger(sql, () => now);
      ledger.setCustomer("cus_1");
      meter = new FakeMeter(() => now);
      for (const it of steps) {
        if ("record" in it) ledger.record([{ ...event(`e${it.record}`, 0), tokens: { in: it.tokens, out: 7 } }]);
        else if ("credit" in it) ledger.move({ id: `c${it.id}`, kind: "credit", cents: it.credit });
        else if ("reverse" in it) ledger.move({ id: `r${it.id}`, kind: "reversal", cents: it.reverse });
        else if ("pass" in it) await pass(now + it.pass);
        else if ("tier" in it) ledger.setTier(it.tier as "free");
        else meter.fate = () => it.fate;
      }
      meter.fate = () => "counted";
      await pass(now + 3 * DAY);
      const [sums] = sql.all<{ owed: number }>(
        `SELECT (SELECT coalesce(sum(charge - fromCredits), 0) FROM event) + (SELECT coalesce(sum(toUnbilled), 0) FROM movement) AS owed`,
      );
      const [days] = sql.all<{ charge: number; events: number }>(
        "SELECT coalesce(sum(charge), 0) AS charge, (SELECT coalesce(sum(charge), 0) FROM event) AS events FROM day",
      );
      const { billed, unbilled } = ledger.balance();
      expect(billed + unbilled).toBe(sums?.owed);
      expect(days?.charge).toBe(days?.events);
      expect(meter.cents * NANO_PER_CENT).toBe(billed);
    }),
    { numRuns: 150 },
  );
});

test("the ceiling is what may be owed at a time, and may be changed", () => {
  ledger.setCeiling(charged(10));
  expect(ledger.hold({ id: "r", most: [costing(11)], ...HOLD })).toEqual({ outcome: "credit_ceiling_exceeded" });
  expect(ledger.hold({ id: "r", most: [costing(10)], ...HOLD })).toMatchObject({ outcome: "held" });
  expect(DEFAULT_CEILING).toBe(100 * NANO_PER_DOLLAR);
});

test("what a request has come to: all its calls, by whichever way it was asked, and no other's that begins alike", () => {
  const call = { model: "m", tokens: { in: 10, out: 2 }, price: { in: 1_000_000, out: 5_000_000 } };
  const names = ["ask:u:req-0001", "ask:req-0001"];
  const hold = (id: string) => ledger.hold({ id, most: [call], expiresIn: HOUR });
  expect(ledger.requestCost(names)).toEqual({ state: "unknown" });
  for (const id of ["ask:req-0001", "ask:req-00012"]) hold(id);
  expect(ledger.requestCost(names)).toEqual({ state: "open" });
  const all = [ledger.settle("ask:req-0001", [call, call]), ledger.settle("ask:req-00012", [call])];
  hold("ask:req-0001~1");
  expect(ledger.requestCost(names)).toEqual({ state: "open" });
  all.push(ledger.settle("ask:req-0001~1", [call]));
  const charge = (all[0]?.[0]?.charge ?? 0) * 3;
  expect(ledger.requestCost(names)).toMatchObject({ state: "settled", model: "m", at: START, tokensIn: 30, tokensOut: 6, charge });
  hold("ask:u:req-0001");
  now += 2 * HOUR; // its hold has ended
  expect(ledger.requestCost(names)).toMatchObject({ state: "settled", tokensIn: 30 });
});
