import { describe, expect, test } from "vitest";
import { quoteForNumber } from "./json-number.ts";

const quoteOf = (text: string, value: string) => quoteForNumber(text, text.indexOf(value), text.indexOf(value) + value.length);
const is = (text: string, value: string, quote: string | undefined) =>
  test(JSON.stringify(text), () => expect(quoteOf(text, value)).toBe(quote));

describe("a number that stands bare in JSON is to be quoted as its names are", () => {
  is('{"phone":5551234567}', "5551234567", '"');
  is('{"at" : -74.0060, "n": 1}', "-74.0060", '"');
  is('{\n  "pin": 1234\n}', "1234", '"');
  is('{"cards": [1, 2.5e3, 4111]}', "4111", '"');
  is("[4111, 5500]", "5500", '"');
  is('["Ann", 4111]', "4111", '"');
  is('{"rows": [["Ann", "12 Main, Street", true, 4111, null], ["Bob", 1, "", 5500]]}', "4111", '"');
  is('{"rows": [["Ann", 4111], ["Bob", 1, "", 5500]]}', "5500", '"');
  is('"[1, \\"Ann\\",\\n 4111]"', "4111", '\\"');
  is('"{\\"pin\\":1234}"', "1234", '\\"');
  is('"\\"{\\\\\\"pin\\\\\\": 1234}\\""', "1234", '\\\\\\"');
  is('"{\\n  \\"pin\\":\\t1234\\n}"', "1234", '\\"');
});

describe("anything else is not", () => {
  is('{"phone":"5551234567"}', "5551234567", undefined);
  is("phone: 5551234567", "5551234567", undefined);
  is('{"phone": 5551234567 or so}', "5551234567", undefined);
  is('{"phone": 0049301234567}', "0049301234567", undefined);
  is('{"ip": 10.0.0.1}', "10.0.0.1", undefined);
  is('{"id": A1234}', "1234", undefined);
  is('he said "call": 12 34', "34", undefined);
  is('{\\\\"pin\\\\":1234}', "1234", undefined);
  is('{"name": "Ann"}', "Ann", undefined);
  is('as "Ann", 4111]', "4111", undefined);
  is('["Ann" 4111]', "4111", undefined);
  is('["Ann\\", 4111]', "4111", undefined);
});
