import { expect, test } from "vitest";
import { proveBilling } from "./prove-billing.ts";

test("in workerd, whatever is sent twice, out of order or into an object that ends, and however Stripe fails: every sum agrees", async () => {
  const figures = await proveBilling({ events: 2400, ledgers: 3, seed: 7, speed: 1000, outage: 0, rounds: 1, callsPerRound: 200 });
  expect(figures.wrong).toEqual([]);
  expect(BigInt(figures.billed) + BigInt(figures.remainder) + BigInt(figures.fromCredits)).toBe(BigInt(figures.expected));
  expect(figures.flushes).toBeGreaterThan(0);
  expect(figures.repeats).toBeGreaterThan(50);
  expect(figures.crashes).toBeGreaterThan(0);
  expect(figures.throughput.inMemory.ratio).toBeGreaterThan(0);
});
