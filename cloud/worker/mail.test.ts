import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeMail, startFakeMail } from "../fakes/mail/server.ts";
import { type MailSettings, sendMail } from "./mail.ts";

const SECRET = "mail_secret";
const MAIL = { to: "client@example.com", subject: "A project for you", text: "synesis handover accept TOKEN" };
const folder = mkdtempSync(join(tmpdir(), "mail-"));
let service: FakeMail;
beforeAll(async () => {
  service = await startFakeMail(SECRET, { folder });
});
afterAll(() => service.close());

const settings = (name: string, more: Partial<MailSettings> = {}): MailSettings => ({
  MAIL_SERVICE: name,
  MAIL_URL: service.url.replace("send", name),
  MAIL_SECRET: SECRET,
  MAIL_FROM: "cloud@example.com",
  ...more,
});

test.each(["json", "resend", "postmark"])("%s gets a mail in its own form, and it is dropped into a file", async (name) => {
  const before = service.sent.length;
  expect(await sendMail(settings(name), MAIL)).toBe(true);
  expect(service.sent.slice(before)).toEqual([MAIL]);
  const file = readdirSync(folder).toSorted().at(-1) ?? "";
  expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toEqual(MAIL);
});

test.each([
  ["a secret that is wrong", { MAIL_SECRET: "other" }],
  ["a service that nobody knows", { MAIL_SERVICE: "pigeon" }],
  ["nobody whom it is from, where that is asked for", { MAIL_FROM: "" }],
  ["a service that is not there", { MAIL_URL: "http://127.0.0.1:9/" }],
])("with %s it is not sent, and that is told", async (_what, more) => {
  const before = service.sent.length;
  expect(await sendMail(settings("resend", more), MAIL)).toBe(false);
  expect(service.sent.length).toBe(before);
});
