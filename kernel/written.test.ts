import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { privacy } from "../plugins/privacy/index.ts";
import { createKernel, Trace } from "./index.ts";

/** What `written` becomes for a model that was shown a text with ada@station.example as [EMAIL_01], and not [EMAIL_02]. */
async function become(written: string): Promise<{ redacted: string; shown: string }> {
  const kernel = await createKernel([privacy({ home: mkdtempSync(join(tmpdir(), "written-")) })]);
  const call = { signal: new AbortController().signal, trace: new Trace() };
  const { text } = await kernel.redact("Write to ada@station.example.", "s", call);
  await kernel.redact("The other is zoe@station.example.", "s", call);
  const redacted = await kernel.redactWritten(written, [text], "s", call);
  const shown = await kernel.hooks.reinflate.promise(redacted, "s", call);
  await kernel.close();
  return { redacted, shown };
}

const cases: [name: string, written: string, redacted: RegExp, shown: string][] = [
  ["a token that was shown stays", "It is [EMAIL_01].", /^It is \[EMAIL_01\]\.$/, "It is ada@station.example."],
  ["as it does where the model bent it", "It is **[email_01]**.", /\[EMAIL_01\]/, "It is **ada@station.example**."],
  ["a token that was not shown is plain text", "It is [EMAIL_02].", /^It is \[LITERAL_\d+\]\.$/, "It is [EMAIL_02]."],
  ["a value that the model makes up becomes a token", "It is new@made.example.", /^It is \[EMAIL_03\]\.$/, "It is new@made.example."],
  [
    "a value that the model guesses becomes its token",
    "It is zoe@station.example.",
    /^It is \[EMAIL_02\]\.$/,
    "It is zoe@station.example.",
  ],
  [
    "what touches a token hides none of it",
    "x[EMAIL_01].org and 9[EMAIL_01]A",
    /^[^@]*$/,
    "xada@station.example.org and 9ada@station.exampleA",
  ],
];
test.each(cases)("%s", async (_, written, redacted, shown) => {
  const result = await become(written);
  expect(result.redacted).toMatch(redacted);
  expect(result.redacted).not.toContain("@");
  expect(result.shown).toBe(shown);
});

test("a text that merely looks like a token, and was shown as a literal, may be written again", async () => {
  const kernel = await createKernel([privacy({ home: mkdtempSync(join(tmpdir(), "written-")) })]);
  const call = { signal: new AbortController().signal, trace: new Trace() };
  await kernel.redact("ada@station.example", "s", call);
  const { text } = await kernel.redact("The form says [EMAIL_01].", "s", call);
  expect(text).toBe("The form says [LITERAL_01].");
  const written = await kernel.redactWritten("It says [LITERAL_01], as asked.", [text], "s", call);
  expect(written).toBe("It says [LITERAL_01], as asked.");
  expect(await kernel.hooks.reinflate.promise(written, "s", call)).toBe("It says [EMAIL_01], as asked.");
  await kernel.close();
});
