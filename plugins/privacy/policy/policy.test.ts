import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createKernel, Trace } from "../../../kernel/index.ts";
import { type PrivacyOptions, privacy } from "../index.ts";

async function start(options: Omit<PrivacyOptions, "home">) {
  const home = mkdtempSync(join(tmpdir(), "policy-"));
  const kernel = await createKernel([privacy({ home, ...options })]);
  onTestFinished(() => kernel.close());
  const call = { signal: new AbortController().signal, trace: new Trace() };
  return {
    home,
    redact: async (text: string) => (await kernel.redact(text, "s", call)).text as string,
    reinflate: async (text: string) => kernel.hooks.reinflate.promise(text, "s", call),
  };
}

test("an allowed type stays readable", async () => {
  const { redact } = await start({ policy: { actions: { EMAIL: "allow" } } });
  expect(await redact("a@example.com, 86.121.97.248")).toBe("a@example.com, [IP_ADDRESS_01]");
});

test("an allowed value stays readable, others of its type do not", async () => {
  const { redact } = await start({ policy: { allow: ["info@example.com"] } });
  expect(await redact("Info@example.com, a@example.com")).toBe("Info@example.com, [EMAIL_01]");
});

test("a masked value is never given back", async () => {
  const { redact, reinflate } = await start({ policy: { actions: { EMAIL: "mask" } } });
  const text = await redact("a@example.com and b@example.com");
  expect(text).toBe("[EMAIL_01] and [EMAIL_01]");
  expect(await reinflate(text)).toBe("***** and *****");
});

test("a text with a blocked type is refused as a whole", async () => {
  const { redact } = await start({ policy: { actions: { EMAIL: "block" } } });
  await expect(redact("to a@example.com")).rejects.toMatchObject({ code: "TEXT_BLOCKED" });
  expect(await redact("to nobody")).toBe("to nobody");
});

test("own patterns are looked for as well", async () => {
  const pattern = {
    type: "PROJECT",
    name: "project code",
    anchor: ["PRJ-"],
    pattern: String.raw`PRJ-\d{4}(?!\d)`,
    matches: ["PRJ-1234"],
    misses: ["PRJ-12"],
  };
  const { redact } = await start({ patterns: [pattern] });
  expect(await redact("see PRJ-1234")).toBe("see [PROJECT_01]");
});

test("own patterns that break their own examples are refused", () => {
  const pattern = { type: "PROJECT", name: "project code", pattern: String.raw`PRJ-\d{4}`, matches: ["PRJ-12"], misses: [] };
  expect(() => privacy({ home: "/nowhere", patterns: [pattern] })).toThrow(/project code/);
});

test("no value of a masked type reaches the disk", async () => {
  const { home, redact } = await start({ policy: { actions: { PERSON: "allow", EMAIL: "mask" } } });
  await redact("a@example.com");
  expect(readFileSync(join(home, "tokens.db")).includes("a@example.com")).toBe(false);
});
