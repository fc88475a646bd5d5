import { expect, onTestFinished, test } from "vitest";
import { plantedTexts } from "../../../test/bench/redaction-corpus.ts";
import { loadNameDetector } from "../names/detect.ts";
import { createAllPatternsScanner } from "../patterns/all-patterns-scanner.ts";
import type { Pattern } from "../patterns/pattern.ts";
import { LargeTexts } from "./large-texts.ts";

const OWN: readonly Pattern[] = [
  { type: "TICKET", name: "ticket", anchor: ["TCK-"], pattern: "TCK-\\d{6}", matches: ["TCK-123456"], misses: ["TCK-12"] },
];
const text = `${plantedTexts(300)
  .map((planted) => planted.text)
  .join("\n")}\nTCK-123456 Anna Berg \ud83d`;

function largeTexts(): LargeTexts {
  const large = new LargeTexts(OWN);
  onTestFinished(() => large.close());
  return large;
}

test("a large text gives the same spans in a thread as on this one", async () => {
  expect(LargeTexts.isLarge(text)).toBe(true);
  const names = await loadNameDetector();
  const here = [...createAllPatternsScanner(OWN)(text), ...names(text)].map((span) => ({ priority: 0, ...span }));
  expect(here.length).toBeGreaterThan(1_000);
  expect(await largeTexts().detect(text, [], new AbortController().signal)).toEqual(here);
});

test("an abort ends the wait at once, and the thread with it", async () => {
  const large = new LargeTexts([]);
  const stop = new AbortController();
  const waiting = large.detect(text.repeat(40), [], stop.signal);
  stop.abort(new Error("stop"));
  await expect(waiting).rejects.toThrow("stop");
  await large.close();
});
