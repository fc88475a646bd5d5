import { expect, test } from "vitest";
import { parseDollars } from "./billing.ts";
import { decimalDollars } from "./money.ts";

test.for([
  [0, "0.00"],
  [1, "0.000000001"],
  [206_000, "0.000206"],
  [10_000_000, "0.01"],
  [100_000_000, "0.10"],
  [12_500_000_000, "12.50"],
  [-1, "-0.000000001"],
  [Number.MAX_SAFE_INTEGER, "9007199.254740991"],
] as const)("%i nano-dollars are $%s", ([amount, text]) => expect(decimalDollars(amount)).toBe(text));

test.for([
  ["1", 100],
  ["$10", 1000],
  ["10.5", 1050],
  ["0010.05", 1005],
  [" 1000.00 ", 100_000],
] as const)("%s is %i cents", ([text, cents]) => expect(parseDollars(text)).toBe(cents));
