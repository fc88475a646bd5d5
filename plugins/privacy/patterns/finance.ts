import type { Pattern } from "./pattern.ts";

export const finance: readonly Pattern[] = [
  {
    type: "CREDIT_CARD",
    name: "payment card number",
    pattern: String.raw`(?<![\w.-])(?:\d{4}[ -]?){3}\d{1,7}(?![\w-])|(?<![\w.-])3\d{3}[ -]?\d{6}[ -]?\d{4,5}(?![\w-])`,
    check: "luhn",
    priority: 70,
    matches: ["card 4111 1111 1111 1111", "347415977307943", "4007070753690781"],
    misses: ["4111 1111 1111 1112", "1111 1111 1111 1111"],
  },
];
