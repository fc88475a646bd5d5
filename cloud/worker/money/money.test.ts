import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Account, addCredits, charge, EMPTY_ACCOUNT, flush, owed, pay, reverseCredits, unflush, unpay } from "./account.ts";
import { refusal } from "./allow.ts";
import { MODEL_NAMES, modelNamed } from "./model-names.ts";
import { AmountError, exact, exactNonNegative, NANO_PER_CENT, NANO_PER_DOLLAR, shownCents, wholeCents } from "./nano-dollars.ts";
import { priceCall } from "./price-call.ts";
import { PRICES, priceAt } from "./prices.ts";
import { DEFAULT_CEILING, FREE_MONTHLY_LIMIT, type TIERS } from "./tier.ts";

const amount = fc.integer({ min: 0, max: 10 * NANO_PER_DOLLAR });
const tokens = fc.record({ in: fc.integer({ min: 0, max: 2_000_000 }), out: fc.integer({ min: 0, max: 200_000 }) });
const price = fc.record({
  in: fc.integer({ min: 0, max: 100 * NANO_PER_DOLLAR }),
  out: fc.integer({ min: 0, max: 100 * NANO_PER_DOLLAR }),
});

describe("amounts", () => {
  for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])
    test(`${value} is not an amount`, () => expect(() => exact(value)).toThrow(AmountError));

  test("what may not be negative is not", () => expect(() => exactNonNegative(-1)).toThrow(AmountError));

  test("an amount is its whole cents and its remainder", () => {
    fc.assert(
      fc.property(amount, (value) => {
        const { cents, remainder } = wholeCents(value);
        expect(cents * NANO_PER_CENT + remainder).toBe(value);
        expect(remainder).toBeLessThan(NANO_PER_CENT);
      }),
    );
  });
});

describe("one call", () => {
  test("a cost of 10 cents at 3% shows as 11 cents when it stands alone", () => {
    const { cost, charge: charged } = priceCall({ in: 100_000, out: 0 }, { in: NANO_PER_DOLLAR, out: 0 }, "managed");
    expect(shownCents(cost)).toBe(10);
    expect(charged).toBe(103_000_000);
    expect(shownCents(charged)).toBe(11);
  });

  test("a call of 206 millionths of a dollar is not a cent", () => {
    expect(priceCall({ in: 200, out: 0 }, { in: NANO_PER_DOLLAR, out: 0 }, "managed").charge).toBe(206_000);
  });

  test("the fee with one's own key is 30% of the cost, and the free tier is charged nothing", () => {
    const call = (tier: (typeof TIERS)[number]) => priceCall({ in: 1_000_000, out: 0 }, { in: NANO_PER_DOLLAR, out: 0 }, tier);
    expect(call("byok")).toEqual({ cost: NANO_PER_DOLLAR, charge: 0.3 * NANO_PER_DOLLAR });
    expect(call("free")).toEqual({ cost: NANO_PER_DOLLAR, charge: 0 });
  });

  test("a charge is the exact figure, rounded up once: never under it, never a unit over", () => {
    fc.assert(
      fc.property(tokens, price, (count, rate) => {
        const million = BigInt(count.in) * BigInt(rate.in) + BigInt(count.out) * BigInt(rate.out);
        const charged = BigInt(priceCall(count, rate, "managed").charge) * 100_000_000n;
        expect(charged >= million * 103n && charged < million * 103n + 100_000_000n).toBe(true);
      }),
    );
  });

  for (const [what, count, rate] of [
    ["negative tokens", { in: -1, out: 0 }, { in: 1, out: 1 }],
    ["half a token", { in: 0.5, out: 0 }, { in: 1, out: 1 }],
    ["a negative price", { in: 1, out: 0 }, { in: -1, out: 1 }],
    ["more than can be held exactly", { in: 2 ** 52, out: 0 }, { in: 2 ** 52, out: 0 }],
    ["no number", { in: Number.NaN, out: 0 }, { in: 1, out: 1 }],
  ] as const)
    test(`${what}: refused`, () => expect(() => priceCall(count, rate, "managed")).toThrow(AmountError));
});

describe("prices", () => {
  const rows = [
    { model: "m", from: "2026-01-01", in: 1, out: 1 },
    { model: "m", from: "2026-06-01", in: 2, out: 2 },
  ];
  for (const [day, expected] of [
    ["2025-12-31", undefined],
    ["2026-01-01", 1],
    ["2026-05-31", 1],
    ["2026-06-01", 2],
  ] as const)
    test(`on ${day} the price is ${expected}`, () => {
      for (const order of [rows, rows.toReversed()]) expect(priceAt("m", Date.parse(day), order)?.in).toBe(expected);
    });

  for (const [name, model] of [
    ["claude-sonnet", "claude-sonnet"],
    ["claude-sonnet-4-5-20250929", "claude-sonnet"],
    ["claude-3-5-sonnet-latest", "claude-sonnet"],
    ["gpt-4-turbo-2024-04-09", "gpt-4-turbo"],
    ["gpt-5-mini-2025-08-07", "gpt-5-mini"],
    ["gpt-5-2025-08-07", "gpt-5"],
    ["gpt-5-nano", undefined],
    ["gpt-50", undefined],
    ["claude-sonnetish", undefined],
    ["", undefined],
  ] as const)
    test(`${name || "no name"} is ${model ?? "not known"}`, () => expect(modelNamed(name, Date.parse("2026-11-01"))).toBe(model));

  test("a name means what it meant at the time", () => {
    const names = [
      { name: "m", model: "old", from: "2026-01-01" },
      { name: "m", model: "new", from: "2026-06-01" },
    ];
    const days = ["2025-12-31", "2026-05-31", "2026-06-01"].map(Date.parse);
    for (const order of [names, names.toReversed()])
      expect(days.map((at) => modelNamed("m-2", at, order))).toEqual([undefined, "old", "new"]);
  });
  test("every name's model has a price", () => {
    for (const { model } of MODEL_NAMES) expect(priceAt(model, Number.POSITIVE_INFINITY), model).toBeDefined();
  });

  test("an unknown model has no price", () => expect(priceAt("nobody", Date.now())).toBeUndefined());
  test("every listed price is exact", () => {
    for (const row of PRICES) expect([row.in, row.out].every((value) => exactNonNegative(value) > 0)).toBe(true);
  });
});

describe("an account", () => {
  type Step = readonly [account: Account, uncovered: number, paidIn: number];
  const step = fc.oneof(
    amount.map((value) => ([account, uncovered, paidIn]: Step): Step => {
      const { account: next, split } = charge(account, value);
      expect(split.fromCredits + split.toUnbilled).toBe(value);
      return [next, uncovered + split.toUnbilled, paidIn - split.fromCredits];
    }),
    amount.map(
      (value) =>
        ([account, uncovered, paidIn]: Step): Step => [addCredits(account, value), uncovered, paidIn + value],
    ),
    amount.map((value) => ([account, uncovered, paidIn]: Step): Step => {
      const { account: next, split } = reverseCredits(account, value);
      return [next, uncovered + split.toUnbilled, paidIn - split.fromCredits];
    }),
    fc.constant(([account, ...rest]: Step): Step => [flush(account).account, ...rest]),
    fc.constant(([account, ...rest]: Step): Step => {
      const { account: flushed, cents } = flush(account);
      return [unflush(flushed, cents), ...rest];
    }),
  );

  test("billed and unbilled are the sum of what credits did not cover, and credits are what came in and was not used", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [account, uncovered, credits] = steps.reduce((at, next) => next(at), [EMPTY_ACCOUNT, 0, 0] as Step);
        expect(account.billed + account.unbilled).toBe(uncovered);
        expect(account.credits).toBe(credits);
        expect(account.credits).toBeGreaterThanOrEqual(0);
        expect(account.billed % NANO_PER_CENT).toBe(0);
      }),
    );
  });

  test("a flush leaves under a cent, whatever was unbilled", () => {
    fc.assert(
      fc.property(amount, (unbilled) => {
        expect(flush({ ...EMPTY_ACCOUNT, unbilled }).account.unbilled).toBeLessThan(NANO_PER_CENT);
      }),
    );
  });

  test("a payment that is undone is owed again", () => {
    const billed = flush({ ...EMPTY_ACCOUNT, unbilled: 7 * NANO_PER_CENT }).account;
    expect(owed(pay(billed, 7))).toBe(0);
    expect(owed(unpay(pay(billed, 7), 7))).toBe(7 * NANO_PER_CENT);
  });
});

describe("whether work may begin", () => {
  const standing = {
    account: EMPTY_ACCOUNT,
    tier: "managed",
    ceiling: DEFAULT_CEILING,
    held: 0,
    freeHeld: 0,
    freeUsed: 0,
    unpaid: false,
  } as const;
  const most = (value: number) => ({ cost: value, charge: value });
  for (const [what, changes, value, expected] of [
    ["up to the ceiling", {}, DEFAULT_CEILING, undefined],
    ["a unit over the ceiling", {}, DEFAULT_CEILING + 1, "credit_ceiling_exceeded"],
    ["beside other work that fills it", { held: DEFAULT_CEILING }, 1, "credit_ceiling_exceeded"],
    ["with credits over the ceiling", { account: addCredits(EMPTY_ACCOUNT, DEFAULT_CEILING) }, 2 * DEFAULT_CEILING, undefined],
    ["billed and not paid", { account: { ...EMPTY_ACCOUNT, billed: DEFAULT_CEILING } }, 1, "credit_ceiling_exceeded"],
    ["billed and paid", { account: { ...EMPTY_ACCOUNT, billed: DEFAULT_CEILING, paid: DEFAULT_CEILING } }, 1, undefined],
    ["with an unpaid invoice", { unpaid: true }, 1, "payment_failed"],
    ["with an unpaid invoice and more than credits cover", { unpaid: true, account: addCredits(EMPTY_ACCOUNT, 9) }, 10, "payment_failed"],
    ["with an unpaid invoice, within credits", { unpaid: true, account: addCredits(EMPTY_ACCOUNT, 10) }, 10, undefined],
    ["with an unpaid invoice, on the free tier", { unpaid: true, tier: "free" }, 1, undefined],
    ["within the free limit", { tier: "free" }, FREE_MONTHLY_LIMIT, undefined],
    ["a unit over the free limit", { tier: "free", freeUsed: 1 }, FREE_MONTHLY_LIMIT, "free_limit_exceeded"],
    ["beside other free work", { tier: "free", freeHeld: FREE_MONTHLY_LIMIT }, 1, "free_limit_exceeded"],
  ] as const)
    test(`${what}: ${expected ?? "yes"}`, () => expect(refusal({ ...standing, ...changes }, most(value))).toBe(expected));
});
