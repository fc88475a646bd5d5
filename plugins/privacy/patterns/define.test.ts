import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createBoundedScanner } from "./bounded-scanner.ts";
import { definePatterns } from "./define.ts";
import { readPack } from "./pack.ts";
import type { Pattern } from "./pattern.ts";
import { VerifiedPatterns } from "./verified.ts";

const good: Pattern = {
  type: "PROJECT",
  name: "project code",
  anchor: ["PRJ-"],
  pattern: String.raw`PRJ-\d{4}(?!\d)`,
  matches: ["PRJ-1234"],
  misses: ["PRJ-12"],
};
const folder = () => mkdtempSync(join(tmpdir(), "patterns-"));

test("a pattern that keeps its word is taken", () => expect(definePatterns([good])).toEqual([good]));

const refuses = (name: string, change: Partial<Pattern>, fault: RegExp) =>
  test(`${name} is refused, and named`, () => {
    const define = () => definePatterns([good, { ...good, ...change, name: "the other" }], { origin: "mine.json" });
    expect(define).toThrow(expect.objectContaining({ code: "PATTERNS_INVALID", message: expect.stringMatching(fault) }));
    expect(define).toThrow(/mine\.json: the pattern "the other"/);
  });

describe("patterns that do not do what they say", () => {
  refuses("a type that no token can have", { type: "Project" }, /its type cannot be/);
  refuses("the kernel's own type", { type: "LITERAL" }, /its type LITERAL/);
  refuses("an expression that does not compile", { pattern: "PRJ-(" }, /not valid/);
  refuses("an example that is not found", { matches: ["PRJ-1234", "PRJ-1"] }, /does not find its example 2/);
  refuses("a counter-example that is taken", { misses: ["PRJ-12", "a PRJ-9999"] }, /takes its counter-example 2/);
  refuses("a check that is not there", { check: "toString" as never }, /there is no check toString; there are luhn/);
});

describe("patterns that can be held up", () => {
  const slow = (pattern: string, matches: readonly string[]) =>
    refuses(pattern, { anchor: undefined, pattern, matches, misses: [] } as unknown as Partial<Pattern>, /takes too long/);
  slow("(a+)+$", ["aaa"]);
  slow("(?:x|x)*y", ["xxy"]);
  slow("(?:\\w+\\s?)*!", ["stop now!"]);
  slow("ID=(?:[0-9a-f]+-?)+;", ["ID=12-ab;"]);
  slow("(.*)\\1#", ["abab#"]);
});

test("a pattern whose examples do not show it is stopped when a text does, and named", () => {
  const sly = { ...good, name: "sly", anchor: ["ZZ"], pattern: "ZZ(?:(?:q|q)*Q|1)", matches: ["ZZ1"], misses: [] };
  expect(definePatterns([sly])).toEqual([sly]);
  const scan = createBoundedScanner([good, sly]);
  expect(scan("PRJ-1234 ZZ1")).toHaveLength(2);
  expect(() => scan(`ZZ${"q".repeat(60)}`)).toThrow(
    expect.objectContaining({ code: "PATTERN_TOO_SLOW", message: expect.stringContaining("sly") }),
  );
  expect(scan("PRJ-1234 ZZ1")).toHaveLength(2);
});

test("what was checked once is remembered by its content", () => {
  const home = folder();
  const define = (pattern: Pattern) => {
    const verified = new VerifiedPatterns(home);
    const known = verified.has(pattern);
    definePatterns([pattern], { verified });
    return known;
  };
  expect([define(good), define({ ...good }), define({ ...good, misses: [] }), define(good)]).toEqual([false, true, false, true]);
  expect(statSync(join(home, "verified-patterns.json")).mode & 0o777).toBe(0o600);
  writeFileSync(join(home, "verified-patterns.json"), "{ half");
  expect(define(good)).toBe(false);
  expect(readdirSync(home)).toEqual(["verified-patterns.json"]);
});

test("a pattern that was refused is not remembered", () => {
  const home = folder();
  expect(() => definePatterns([good, { ...good, matches: ["none"] }], { verified: new VerifiedPatterns(home) })).toThrow();
  expect(readdirSync(home)).toEqual([]);
});

const pack = (patterns: unknown, rest: object = {}) => JSON.stringify({ name: "p", version: "1", patterns, ...rest });
const broken = (name: string, text: string, fault: RegExp) =>
  test(`a pack with ${name} is refused, and its file named`, () => {
    const file = join(folder(), "pack.json");
    writeFileSync(file, text);
    expect(() => readPack(file)).toThrow(expect.objectContaining({ code: "PATTERNS_INVALID", message: expect.stringMatching(fault) }));
    expect(() => readPack(file)).toThrow(file);
  });

broken("half a file", '{"name":', /it is not JSON/);
broken("no patterns", pack([]), /patterns is missing or not of the right form/);
broken("no version", JSON.stringify({ name: "p", patterns: [good] }), /version is missing/);
broken("an unknown key", pack([good], { patern: 1 }), /there is no key patern/);
broken("an unknown key of a pattern", pack([good, { ...good, name: "b", regex: "x" }]), /the pattern "b": there is no key regex/);
broken("a pattern without examples", pack([{ ...good, matches: [] }]), /the pattern "project code": matches/);
broken("a pattern without a name", pack([{ ...good, name: 5 }]), /the pattern "number 1": name/);
broken("flags that the scanner sets", pack([{ ...good, flags: "g" }]), /the pattern "project code": flags/);

test("a pack that is no file, or not there, is refused", () => {
  expect(() => readPack(folder())).toThrow(/no file/);
  expect(() => readPack(join(folder(), "none.json"))).toThrow(/cannot be read \(ENOENT\)/);
});

test("a pack gives its patterns as they stand in it", () => {
  const file = join(import.meta.dirname, "../../../test/fixtures/patterns/harbour-library.json");
  expect(definePatterns(readPack(file))).toEqual((JSON.parse(readFileSync(file, "utf8")) as { patterns: unknown }).patterns);
});

test("the guide's example is a pack that works", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/guide.md"), "utf8");
  const file = join(folder(), "guide.json");
  writeFileSync(file, /```json\n([^`]*)```/.exec(guide)?.[1] ?? "");
  expect(definePatterns(readPack(file))).toHaveLength(1);
});
