import { expect, test } from "vitest";
import { afterBreak, afterFailure, betterThan, FRESH, kindsToTry } from "./preference.ts";

const BOTH = ["quic", "h2"] as const;

test("QUIC comes first, and where there is nothing else it is tried whatever happened", () => {
  expect(kindsToTry(FRESH, BOTH, 0)).toEqual(["quic", "h2"]);
  expect(kindsToTry(afterFailure(FRESH, 0, 15_000), ["quic"], 1)).toEqual(["quic"]);
  expect(kindsToTry(FRESH, ["h2"], 0)).toEqual(["h2"]);
});

test("after QUIC failed it is left alone, each time twice as long, and then tried again", () => {
  let preference = FRESH;
  const waits = Array.from({ length: 8 }, () => {
    preference = afterFailure(preference, 0, 15_000);
    return preference.againAt / 1000;
  });
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 600, 600]);
  expect(kindsToTry(preference, BOTH, 599_999)).toEqual(["h2"]);
  expect(kindsToTry(preference, BOTH, 600_000)).toEqual(["quic", "h2"]);
});

test("a QUIC link that breaks once or twice is opened anew; one that breaks again and again is left alone", () => {
  const once = afterBreak(FRESH, 1_000, 0, 15_000);
  const twice = afterBreak(once, 1_000, 0, 15_000);
  const often = afterBreak(twice, 1_000, 0, 15_000);
  expect([once, twice, often].map((preference) => kindsToTry(preference, BOTH, 1)[0])).toEqual(["quic", "quic", "h2"]);
  expect(afterBreak(often, 60_000, 0, 15_000)).toEqual(FRESH);
});

test("from each kind the better ones are tried again, and from the best none", () => {
  const all = ["quic", "h2", "https"] as const;
  expect(all.map((kind) => betterThan(kind, all))).toEqual([[], ["quic"], ["quic", "h2"]]);
  expect(betterThan("https", ["https"])).toEqual([]);
});
