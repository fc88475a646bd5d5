import { expect, test } from "vitest";
import { wordsAndTokens } from "./tokens-as-words.ts";
import { findValues } from "./values.ts";

const check = (text: string, expected: string[]) =>
  test(JSON.stringify(text), () => {
    const read = wordsAndTokens(text);
    expect(read.map(({ surface }) => surface)).toEqual(expected);
    for (const { start, end, surface } of read) expect(text.slice(start, end)).toBe(surface);
  });

check("Who is [PERSON_01]?", ["Who", "is", "[PERSON_01]"]);
check("[PERSON_01] met [API_KEY_12], then left", ["[PERSON_01]", "met", "[API_KEY_12]", "then", "left"]);
check("an [x] and [1] in [BRACKETS]", ["an", "x", "and", "1", "in", "BRACKETS"]);
check("", []);

test("a token's number is no number of the text, and its kind says what it stands for", () => {
  expect(findValues("It was [PERSON_01] with [EMAIL_02].").map(({ kind, terms }) => [kind, ...terms])).toEqual([["name", "[person_01]"]]);
});
