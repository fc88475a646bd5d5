import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileTexts } from "../scan/hostile.ts";
import { LabelMemory } from "./label-memory.ts";
import { eachToken } from "./tokens.ts";
import type { Word } from "./words.ts";

const TOKEN = /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*|\d+(?:[A-Za-z]\b)?|\n|[^\s]/gu;

function tokensOf(text: string): [start: number, end: number][] {
  const tokens: [number, number][] = [];
  eachToken(text, (start, end) => tokens.push([start, end]));
  return tokens;
}

test("tokens are those of the expression, in ASCII and beyond", () => {
  const check = (text: string) => {
    expect(tokensOf(text)).toEqual(Array.from(text.matchAll(TOKEN), (match) => [match.index, match.index + match[0].length]));
  };
  const pieces = [
    "a",
    "Bc",
    "é",
    "e\u0301",
    "'",
    "’",
    "-",
    "_",
    "7",
    "12",
    "x",
    " ",
    "\n",
    "\t",
    "\u00a0",
    "\u2003",
    ".",
    "电",
    "😀",
    "\ud83d",
    "٣",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
      check(parts.join(""));
    }),
    { numRuns: 2_000 },
  );
  for (const { text } of hostileTexts(200)) check(text);
});

test("a label is remembered for the same words in the same state only", () => {
  const memory = new LabelMemory();
  const words = (ids: readonly number[], first = false) => ids.map((id) => ({ id, first }) as Word);
  const label = (ids: readonly number[], state: number, value: number, first = false) =>
    memory.label(words(ids, first), 2, state, () => value);
  expect(label([1, 2, 3, 4, 5], 0, 6)).toBe(6);
  expect(label([1, 2, 3, 4, 5], 0, 1)).toBe(6);
  expect(label([1, 2, 3, 4, 5], 1, 2)).toBe(2);
  expect(label([1, 2, 3, 4, 5], 0, 3, true)).toBe(3);
  for (let i = 0; i < 5; i++) expect(label([1, 2, 3, 4, 5].with(i, 9), 0, 4)).toBe(4);
  for (const value of [1, 2]) expect(label([1, 2, 0, 4, 5], 0, value)).toBe(value); // 0 is any word that was not remembered
});
