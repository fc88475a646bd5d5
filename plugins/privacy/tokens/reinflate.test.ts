import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createStreamReinflator, reinflate } from "./reinflate.ts";

const VALUES: Readonly<Record<string, string>> = { EMAIL_1: "ann@example.com", PERSON_2: 'Ann "A" O\'Neil', API_KEY_12: "k\\1\n" };
const session = { valueOf: (type: string, number: number) => VALUES[`${type}_${number}`] };
const email = "ann@example.com";

describe("tokens are found again however a model writes them", () => {
  const check = (text: string, expected: string) => test(text, () => expect(reinflate(text, session)).toBe(expected));
  check("[EMAIL_01]", email);
  check("**[EMAIL_01]**, `[EMAIL_01]`", `**${email}**, \`${email}\``);
  check("[email_01] [Email 01] [EMAIL-1] [ EMAIL_01 ]", `${email} ${email} ${email} ${email}`);
  check("[EMAIL\\_01] \\[EMAIL_01\\]", `${email} ${email}`);
  check("<EMAIL_01> {EMAIL_01} 【EMAIL_01】", `${email} ${email} ${email}`);
  check("EMAIL_01's, EMAIL_1.", `${email}'s, ${email}.`);
  check('{"to": "[EMAIL_01#]", "n": [EMAIL_01#]}', `{"to": ${email}, "n": ${email}}`);
  check('{\\\\"to\\\\": \\\\"[EMAIL_01#]\\\\"} \\\\"[EMAIL_01#]"', `{\\\\"to\\\\": ${email}} \\\\"${email}"`);
  check("(EMAIL_01) (email_01) ([EMAIL_01])", `(${email}) (${email}) (${email})`);
  check("[API_KEY_12] [api key 12]", "k\\1\n k\\1\n");
});

describe("nothing is guessed", () => {
  const check = (text: string) => test(text, () => expect(reinflate(text, session)).toBe(text));
  check("[EMAIL_02] [EMAIL_011] [EMAILS_01] [MAIL_01]");
  check('"[EMAIL_02#]" "[#]" "#"');
  check("email_01 = 1; MY_EMAIL_01; EMAIL_01x; [EMAIL_]");
  check("EMAIL 01, [EMAIL 01");
});

describe("values inside JSON strings are escaped as deep as they stand", () => {
  const check = (text: string, path: (value: unknown) => unknown, expected: string) =>
    test(text, () => expect(path(JSON.parse(reinflate(text, session, { json: true })))).toBe(expected));
  check('{"to":"[PERSON_02]"}', (value) => (value as { to: string }).to, 'Ann "A" O\'Neil');
  check('{"k":"x [API_KEY_12] y"}', (value) => (value as { k: string }).k, "x k\\1\n y");
  check(
    '{"args":"{\\"to\\":\\"[PERSON_02]\\"}"}',
    (value) => (JSON.parse((value as { args: string }).args) as { to: string }).to,
    'Ann "A" O\'Neil',
  );
});

test("a stream gives the same as the whole text, wherever it is cut", () => {
  const pieces = [
    "[EMAIL_01]",
    '"[EMAIL_01#]"',
    "[EMAIL_01#]",
    "#",
    '\\\\"',
    '\\\\"[EMAIL_01#]\\\\"',
    "EMAIL_01",
    "[",
    "]",
    "\\",
    "(",
    ")",
    "PERSON_02",
    "[api key 12]",
    "EMAIL",
    "_",
    "01",
    " ",
    "\n",
    "a",
    '"',
    "{",
    "}",
    "é",
    "\ud83d",
  ];
  const streams = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 30 });
  fc.assert(
    fc.property(streams, fc.array(fc.nat(12)), fc.boolean(), (parts, cuts, json) => {
      const text = parts.join("");
      const stream = createStreamReinflator(session, { json });
      let shown = "";
      let at = 0;
      for (const cut of cuts) {
        shown += stream.push(text.slice(at, at + cut));
        at += cut;
      }
      shown += stream.push(text.slice(at)) + stream.end();
      expect(shown).toBe(reinflate(text, session, { json }));
    }),
    { numRuns: 3_000 },
  );
});

test("a stream shows what cannot be part of a token at once", () => {
  const stream = createStreamReinflator(session);
  expect(stream.push("Write to ")).toBe("Write to ");
  expect(stream.push("[EMA")).toBe("");
  expect(stream.push("IL_01] now")).toBe(`${email} now`);
});
