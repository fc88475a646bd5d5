import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { NANO_PER_CENT, NANO_PER_DOLLAR } from "../money/nano-dollars.ts";
import { Ledger } from "./ledger.ts";
import { nodeSql } from "./node-sql.fixture.ts";
import type { ProjectWork } from "./project-use.ts";

const MINUTE = 60_000;
let now = Date.parse("2026-03-10T12:00:00Z");
let ledger: Ledger;

beforeEach(() => {
  ledger = new Ledger(nodeSql(), () => now);
  ledger.setTier("managed");
});

const PRICE = { in: NANO_PER_DOLLAR, out: 0 };
/** A call whose cost is that many cents. */
const costing = (cents: number) => ({ model: "m", tokens: { in: cents * 10_000, out: 0 }, price: PRICE });
const charged = (cents: number) => (cents * NANO_PER_CENT * 103) / 100;
const work = (guest: string | null, quota: number, budget: number | null = null, project = "p"): ProjectWork => ({
  project,
  budget: budget === null ? null : budget * NANO_PER_CENT,
  guest: guest === null ? null : { id: guest, quota: quota * NANO_PER_CENT },
});
const hold = (id: string, cents: number, of: ProjectWork) =>
  ledger.hold({ id, most: [costing(cents)], expiresIn: MINUTE, work: of }).outcome;

test("a guest's work is held within the quota, and what it took counts instead when it is done", () => {
  expect(hold("a", 60, work("g", 103))).toBe("held");
  expect(hold("b", 60, work("g", 103))).toBe("guest_quota_exceeded");
  ledger.settle("a", [costing(10)]);
  ledger.settle("a", [costing(10)]);
  expect(ledger.projectUse("p")).toEqual([{ guest: "g", used: charged(10), held: 0 }]);
  expect(hold("b", 90, work("g", 103))).toBe("held");
  ledger.release("b");
  expect(hold("c", 91, work("g", 103))).toBe("guest_quota_exceeded");
  expect(hold("c", 90, work("g", 103))).toBe("held");
});

test("an expired hold leaves room again; what comes of it late is counted", () => {
  expect(hold("a", 90, work("g", 100))).toBe("held");
  now += MINUTE;
  expect(hold("b", 90, work("g", 100))).toBe("held");
  ledger.settle("a", [costing(50)]);
  expect(ledger.projectUse("p")).toEqual([{ guest: "g", used: charged(50), held: charged(90) }]);
});

test("a project's budget is over all its work, the owner's too, and over no other project's", () => {
  expect(hold("a", 40, work("g", 100, 100))).toBe("held");
  expect(hold("b", 40, work(null, 0, 100))).toBe("held");
  expect(hold("c", 40, work("h", 100, 100))).toBe("project_budget_exceeded");
  expect(hold("d", 40, work("h", 100, 100, "other"))).toBe("held");
});

test("on the free tier, where nothing is charged, the cost counts", () => {
  ledger.setTier("free");
  expect(hold("a", 60, work("g", 50))).toBe("guest_quota_exceeded");
  expect(hold("a", 50, work("g", 50))).toBe("held");
  ledger.settle("a", [costing(30)]);
  expect(ledger.projectUse("p")).toEqual([{ guest: "g", used: 30 * NANO_PER_CENT, held: 0 }]);
});

test("the owner's own limits come first", () => {
  ledger.setCeiling(charged(10));
  expect(hold("a", 11, work("g", 10_000))).toBe("credit_ceiling_exceeded");
});

test("whatever is held, settled, released and forgotten in whatever order: no quota and no budget is passed", () => {
  const guests = { g: 500, h: 900, i: 0 };
  const BUDGET = 1200;
  const ids = fc.integer({ min: 0, max: 25 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ hold: ids, guest: fc.constantFrom(...Object.keys(guests), null), cents: fc.integer({ min: 0, max: 300 }) }),
    },
    { weight: 3, arbitrary: fc.record({ settle: ids, part: fc.double({ min: 0, max: 1, noNaN: true }) }) },
    { weight: 1, arbitrary: fc.record({ release: ids }) },
    { weight: 1, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: MINUTE }) }) },
    { weight: 1, arbitrary: fc.record({ tier: fc.constantFrom("managed", "free") }) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 120 }), (steps) => {
      ledger = new Ledger(nodeSql(), () => now);
      ledger.setTier("managed");
      const open = new Map<number, { cents: number; until: number }>();
      for (const it of steps) {
        if ("hold" in it) {
          const of = work(it.guest, guests[it.guest as "g"] ?? 0, BUDGET);
          if (hold(`r${it.hold}`, it.cents, of) === "held") open.set(it.hold, { cents: it.cents, until: now + MINUTE });
        } else if ("settle" in it) {
          // As in the cloud, work ends before its hold does, and takes no more than was held.
          const held = open.get(it.settle);
          if (held && held.until > now) ledger.settle(`r${it.settle}`, [costing(Math.floor(held.cents * it.part))]);
          open.delete(it.settle);
        } else if ("release" in it) {
          ledger.release(`r${it.release}`);
          open.delete(it.release);
        } else if ("pass" in it) now += it.pass;
        else ledger.setTier(it.tier as "free");
        const use = ledger.projectUse("p");
        for (const { guest, used, held } of use)
          if (guest !== "") expect(used + held).toBeLessThanOrEqual(guests[guest as "g"] * NANO_PER_CENT);
        expect(use.reduce((sum, { used, held }) => sum + used + held, 0)).toBeLessThanOrEqual(BUDGET * NANO_PER_CENT);
      }
    }),
    { numRuns: 300 },
  );
});
