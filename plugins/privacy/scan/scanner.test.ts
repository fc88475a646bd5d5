import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveOverlaps } from "../../../kernel/index.ts";
import { builtInPatterns } from "../patterns/index.ts";
import { hostileTexts } from "./hostile.ts";
import { createScanner, scannerFile, tablesOf } from "./scanner.ts";
import { storedTables } from "./stored-tables.ts";

const scan = createScanner(builtInPatterns);
const valuesIn = (text: string, type: string) =>
  scan(text)
    .filter((span) => span.type === type)
    .map(({ start, end }) => text.slice(start, end));

describe("hostile text takes time in proportion to its length", () => {
  // A pattern that takes time in the square of the length needs minutes for these; the limit is far from what is usual.
  for (const { name, text } of hostileTexts(100_000))
    test(name, () => {
      const before = process.cpuUsage();
      scan(text);
      expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
    });
});

test("what is found does not depend on where the text is cut into stretches", () => {
  const padding = "x ".repeat(8_185);
  for (let shift = 0; shift < 30; shift++) {
    const text = `${padding}${" ".repeat(shift)}ann.lee@example.com 86.121.97.248 AKIAQYLPMN5HHHFPZAM2 end`;
    expect([valuesIn(text, "EMAIL"), valuesIn(text, "IP_ADDRESS"), valuesIn(text, "API_KEY")]).toEqual([
      ["ann.lee@example.com"],
      ["86.121.97.248"],
      ["AKIAQYLPMN5HHHFPZAM2"],
    ]);
  }
});

test("what is looked at before an expression is tried keeps no match away", () => {
  const ungated = createScanner(builtInPatterns.map(({ gate: _gate, before: _before, followed: _followed, ...pattern }) => pattern));
  const examples = builtInPatterns.flatMap(({ matches, misses }) => [...matches, ...misses]);
  const between = ["", " ", "\n", "=", ": ", '"', ", ", "<", "电", " 12 "];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...examples), fc.constantFrom(...between))), (parts) => {
      const text = parts.flat().join("");
      expect(resolveOverlaps(text, scan(text))).toEqual(resolveOverlaps(text, ungated(text)));
    }),
    { numRuns: 300 },
  );
  for (const { text } of hostileTexts(1_000)) expect(resolveOverlaps(text, scan(text))).toEqual(resolveOverlaps(text, ungated(text)));
});

test("the file of the build holds the tables that are computed from the patterns", () => {
  const { name, content } = scannerFile(builtInPatterns);
  const folder = mkdtempSync(join(tmpdir(), "tables-"));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", name), content);
  const source = pathToFileURL(join(folder, "dist", "chunks", "a.js")).href;
  expect(isDeepStrictEqual(storedTables(builtInPatterns, source), tablesOf(builtInPatterns))).toBe(true);
  expect(storedTables(builtInPatterns.slice(1), source)).toBeUndefined();
  writeFileSync(join(folder, "dist", name), content.subarray(0, 1_000));
  expect(storedTables(builtInPatterns, source)).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test("scanners take turns without mixing up what they look for", () => {
  const other = createScanner([{ type: "CODE", name: "code", anchor: ["x#"], pattern: "x[0-9]{3}", matches: [], misses: [] }]);
  for (let turn = 0; turn < 2; turn++) {
    expect(other("mail ann@example.com x123")).toMatchObject([{ start: 21, end: 25 }]);
    expect(valuesIn("mail ann@example.com x123", "EMAIL")).toEqual(["ann@example.com"]);
  }
});

test("a backslash before a sign of anchors stands for the sign itself", () => {
  const signs = createScanner([{ type: "CODE", name: "code", anchor: ["no\\#"], pattern: "no#x", matches: [], misses: [] }]);
  expect(signs("no1x no#x")).toMatchObject([{ start: 5, end: 9 }]);
});

test("values are found between letters of other scripts", () => {
  expect(valuesIn("电话邮箱ann@example.com，谢谢", "EMAIL")).toEqual(["ann@example.com"]);
  expect(valuesIn("地址86.121.97.248。", "IP_ADDRESS")).toEqual(["86.121.97.248"]);
  expect(valuesIn("пишите на ann@example.com", "EMAIL")).toEqual(["ann@example.com"]);
});

test("every span lies inside the text", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.constantFrom("password", "=", '"', "@", "a.com", "12", "-", ".", ":", "+49", " ", "\n"), fc.string({ unit: "binary" })),
      ),
      (parts) => {
        const text = parts.join("");
        for (const { start, end } of scan(text)) expect(start >= 0 && start < end && end <= text.length).toBe(true);
      },
    ),
  );
});

test("a pattern without an anchor is run over the whole text", () => {
  const plain = createScanner([{ type: "CODE", name: "code", pattern: "x[0-9]{3}", matches: [], misses: [] }]);
  expect(plain("ax123 x45 x678")).toMatchObject([
    { start: 1, end: 5 },
    { start: 10, end: 14 },
  ]);
});
