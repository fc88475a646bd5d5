import { mkdirSync, mkdtempSync, realpathSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isCovered, NeverCloud, ruleFault } from "./never-cloud.ts";

const covers = (rule: string, path: string) => test(`${rule} covers ${path}`, () => expect(isCovered([path], [rule])).toBe(true));
const leaves = (rule: string, path: string) => test(`${rule} leaves ${path}`, () => expect(isCovered([path], [rule])).toBe(false));

describe("absolute paths", () => {
  covers("/home/u/private", "/home/u/private/a.md");
  covers("/home/u/private/", "/home/u/private/deep/er/a.md");
  covers("/home/u/private", "/home/u/private");
  covers("/home//u/private", "/home/u/private/a.md");
  covers("/Home/U/Private", "/home/u/pRIVATE/a.md");
  covers("/home/u/caf\u00e9", "/home/u/cafe\u0301/a.md");
  covers("/home/*/private", "/home/anyone/private/a.md");
  covers("/home/u/**/drafts", "/home/u/drafts/a.md");
  covers("/home/u/**/drafts", "/home/u/x/y/drafts/a.md");
  covers("/", "/anything/at/all.md");
  covers("C:\\Users\\U\\Private", "c:\\users\\u\\private\\a.md");
  leaves("/home/u/private", "/home/u/privateer/a.md");
  leaves("/home/u/private", "/home/u/not-private/a.md");
  leaves("/home/u/private", "/mnt/home/u/private/a.md");
  leaves("/home/*/private", "/home/a/b/private/x.md");
});

describe("names that may stand anywhere", () => {
  covers("private", "/home/u/private/a.md");
  covers("private", "/home/u/work/Private");
  covers("private/", "/home/u/private/a.md");
  covers("*.key", "/home/u/server.KEY");
  covers("diary-????.md", "/home/u/diary-2026.md");
  covers("clients/acme", "/srv/clients/acme/notes.md");
  covers("mail-17", "mail-17");
  covers("a[1](b)+.md", "/x/a[1](b)+.md");
  leaves("private", "/home/u/private.md");
  leaves("*.key", "/home/u/server.key.md");
  leaves("clients/acme", "/srv/clients/other/acme.md");
  leaves("a.md", "/x/aXmd");
});

describe("rules that cannot be meant", () => {
  for (const rule of ["", "  ", "!keep", "../up", "./here", "a/../b", "/a/./b", "."])
    test(JSON.stringify(rule), () => expect(ruleFault(rule)).toBeTypeOf("string"));
  for (const rule of ["/", "~/private", "a..b", "..hidden", "*.md"]) test(`not ${rule}`, () => expect(ruleFault(rule)).toBeUndefined());
});

function folder(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "never-cloud-")));
  mkdirSync(join(root, "private/deep"), { recursive: true });
  mkdirSync(join(root, "public"));
  for (const file of ["private/a.md", "private/deep/b.md", "public/c.md"]) writeFileSync(join(root, file), "x");
  return root;
}

test("links lead nowhere around a rule, whichever side they are on", () => {
  const root = folder();
  symlinkSync(join(root, "private"), join(root, "public/link"));
  symlinkSync(join(root, "private/a.md"), join(root, "public/other-name.md"));
  const byPath = new NeverCloud([join(root, "private")]);
  for (const file of ["private/a.md", "private/deep/b.md", "public/link/a.md", "public/link/deep/b.md", "public/other-name.md"])
    expect(byPath.withholds(join(root, file)), file).toBe(true);
  expect(byPath.withholds(`${root}/public/../private/a.md`)).toBe(true);
  expect(byPath.withholds(join(root, "public/c.md"))).toBe(false);
  const byLink = new NeverCloud([join(root, "public/link")]);
  expect(byLink.withholds(join(root, "private/deep/b.md"))).toBe(true);
  expect(byLink.withholds(join(root, "public/c.md"))).toBe(false);
});

test("the home folder's sign stands for it", () => {
  const before = process.env["HOME"];
  const root = folder();
  process.env["HOME"] = root;
  try {
    expect(new NeverCloud(["~/private"]).withholds(join(root, "private/a.md"))).toBe(true);
    expect(new NeverCloud(["~"]).withholds(join(root, "public/c.md"))).toBe(true);
  } finally {
    process.env["HOME"] = before;
  }
});

test("a file that is no longer where it was indexed stays here, if there is any rule", () => {
  const root = folder();
  renameSync(join(root, "public/c.md"), join(root, "private/c.md"));
  expect(new NeverCloud([join(root, "private")]).withholds(join(root, "public/c.md"))).toBe(true);
  expect(new NeverCloud([]).withholds(join(root, "public/c.md"))).toBe(false);
});

test("a text that is no file goes by its id", () => {
  const rules = new NeverCloud(["mails/*"]);
  expect([rules.withholds("mails/17"), rules.withholds("notes/17")]).toEqual([true, false]);
});

test("a rule of many stars takes no longer than another", () => {
  const stars = `${"*a".repeat(40)}*b`;
  expect(isCovered([`/home/${"a".repeat(250)}/x`], [stars])).toBe(false);
  expect(isCovered([`/home/${"a".repeat(250)}b/x`], [stars])).toBe(true);
  expect(isCovered([`/${"a/".repeat(2_000)}c`], [`${"**/a/".repeat(30)}b`])).toBe(false);
});
