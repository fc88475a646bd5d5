import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createKernel, Trace } from "../../kernel/index.ts";
import { privacy } from "./index.ts";

const home = mkdtempSync(join(tmpdir(), "privacy-"));
const kernel = await createKernel([privacy({ home })]);
const call = () => ({ signal: new AbortController().signal, trace: new Trace() });
const redact = (text: string, session = "s") => kernel.redact(text, session, call());
const reinflate = async (text: string, session = "s") => kernel.hooks.reinflate.promise(text, session, call());

afterAll(() => kernel.close());

test("the same value gets the same token within a session, and other sessions cannot read it", async () => {
  const { text } = await redact("a@example.com and b@example.com, again a@example.com");
  expect(text).toBe("[EMAIL_01] and [EMAIL_02], again [EMAIL_01]");
  expect(await reinflate(text)).toBe("a@example.com and b@example.com, again a@example.com");
  expect(await reinflate(text, "other")).toBe(text);
});

const PIECES = [
  "[EMAIL_01]",
  "EMAIL_01",
  "[email 1]",
  "a@example.com",
  "10.1.2.3",
  "\\",
  "[",
  "]",
  "(",
  "_",
  "01",
  "EMAIL",
  "[LITERAL_01]",
  " ",
  "\n",
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 12 })
  .map((parts) => parts.join(""));

test("giving back what was redacted is exact for every text", async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(await reinflate((await redact(text)).text)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test("somebody who was named once is hidden wherever the session names them again, in another process as well", async () => {
  const told = "My name is Zelda Quorv and I live in Oslo.";
  const again = "the zelda quorv lamp is green";
  expect((await redact(again, "people")).text).toBe(again);
  expect((await redact(told, "people")).text).not.toContain("Zelda");
  const { text } = await redact(again, "people");
  expect(text.toLowerCase()).not.toContain("quorv");
  expect(await reinflate(text, "people")).toBe(again);
  const later = await createKernel([privacy({ home })]);
  onTestFinished(() => later.close());
  expect((await later.redact(again, "people", call())).text).toBe(text);
  expect((await later.redact(again, "others", call())).text).toBe(again);
});

test("to look for known names creates no vault", async () => {
  const empty = mkdtempSync(join(tmpdir(), "privacy-"));
  const fresh = await createKernel([privacy({ home: empty })]);
  onTestFinished(() => fresh.close());
  await fresh.redact("nothing to hide", "s", call());
  expect(readdirSync(empty)).toEqual([]);
});
