import { beforeEach, expect, test } from "vitest";
import { Ledger } from "../ledger/ledger.ts";
import { nodeSql } from "../ledger/node-sql.fixture.ts";
import { NANO_PER_CENT, NANO_PER_DOLLAR } from "../money/nano-dollars.ts";
import { LEFT_OVER_MS, type Storage, Unsettled, type Work } from "./unsettled.ts";

let now = 0;
let ledger: Ledger;
let stored: Map<string, unknown>;
let alarm: number | null;
/** What becomes of each try to settle; then all goes well. */
let fates: ("fails" | "answer is lost")[];

const storage: Storage = {
  put: async (key, value) => void stored.set(key, structuredClone(value)),
  delete: async (key) => stored.delete(key),
  list: async <T>() => new Map(stored) as Map<string, T>,
  getAlarm: async () => alarm,
  async setAlarm(at) {
    alarm = at;
  },
};
const unsettled = () =>
  new Unsettled(
    storage,
    async (id, { calls }) => {
      const fate = fates.shift();
      if (fate === "fails") throw new Error("the ledger is not there");
      const recorded = ledger.settle(id, calls);
      if (fate) throw new Error("the answer was lost");
      return recorded;
    },
    () => now,
  );

beforeEach(() => {
  now = Date.parse("2026-03-10");
  ledger = new Ledger(nodeSql(), () => now);
  ledger.setTier("byok");
  stored = new Map();
  alarm = null;
  fates = [];
});

const calls = (...cents: number[]): Work => ({
  userId: "u",
  calls: cents.map((each) => ({ model: "m", tokens: { in: each * 10_000, out: 0 }, price: { in: NANO_PER_DOLLAR, out: 0 } })),
});
const charged = (cents: number) => (cents * NANO_PER_CENT * 30) / 100;
const ring = async () => {
  now = alarm ?? now;
  alarm = null;
  await unsettled().settleLeftOver(now);
};

test("what is settled is forgotten", async () => {
  expect(await unsettled().settle("r", calls(1, 2))).toMatchObject([{ outcome: "recorded" }, { outcome: "recorded" }]);
  expect([ledger.balance().unbilled, stored.size]).toEqual([charged(3), 0]);
});

test.each([[["fails", "fails"]], [["answer is lost", "fails"]], [["answer is lost", "answer is lost"]]] as const)(
  "a ledger whose tries come to %j has it once",
  async (tries) => {
    fates = [...tries];
    await unsettled().settle("r", calls(1, 2));
    expect([ledger.balance().unbilled, stored.size]).toEqual([charged(3), 0]);
  },
);

test("a ledger that fails for long has it later, once", async () => {
  fates = Array(4).fill("fails");
  await expect(unsettled().settle("r", calls(5))).rejects.toThrow("not there");
  expect(ledger.balance().unbilled).toBe(0);
  await ring();
  expect([ledger.balance().unbilled, stored.size]).toEqual([0, 1]);
  await ring();
  expect([ledger.balance().unbilled, stored.size, alarm]).toEqual([charged(5), 0, null]);
});

test("work whose object was ended is settled as far as it had come, and not while it may be going on", async () => {
  const first = unsettled();
  await first.note("ended", calls(1));
  await first.note("ended", calls(1, 2));
  now += LEFT_OVER_MS - 1;
  await first.note("at work", calls(7));
  await ring();
  expect([ledger.balance().unbilled, [...stored.keys()]]).toEqual([charged(3), ["unsettled:at work"]]);
  await unsettled().settle("at work", calls(7, 1));
  await ring();
  expect([ledger.balance().unbilled, stored.size, alarm]).toEqual([charged(11), 0, null]);
});
