import { expect, test } from "vitest";
import { setCopiesAside } from "./copies.ts";

const sentence = (i: number) => `Sentence number ${i} speaks of the ${["lamp", "tower", "harbour", "zebra"][i % 4]} and of nothing else.`;
const LICENCE = Array.from({ length: 12 }, (_, i) => sentence(i)).join(" ");
const aside = (texts: readonly string[], terms: readonly string[] = [], wanted = 10) => {
  const { first, copies, rest } = setCopiesAside([...texts.keys()], wanted, terms, (i) => texts[i] as string);
  return { first, copies, rest };
};

test.each<[what: string, texts: string[], terms: string[], first: number[]]>([
  ["the same words, however they are set", ["One two three.", "one TWO\n three"], [], [0]],
  ["a long text with another name in it", [`By Ann. ${LICENCE}`, `By Bob. ${LICENCE}`], ["lamp"], [0]],
  ["the same, when the difference is asked for", [`Author: Ann. ${LICENCE}`, `Author: Bob. ${LICENCE}`], ["author"], [0, 1]],
  ["a longer one", [LICENCE, `${LICENCE} ${LICENCE.replaceAll("number", "figure")}`], [], [0, 1]],
  ["a short one with another number", ["The price is 100 euros a month.", "The price is 120 euros a month."], [], [0, 1]],
  ["texts without words", ["…", "—"], [], [0]],
  ["different texts", [sentence(0), sentence(1)], [], [0, 1]],
])("%s", (_, texts, terms, first) => {
  expect(aside(texts, terms).first).toEqual(first);
});

test("as many as wanted are looked at, and nothing is lost", () => {
  expect(aside([LICENCE, LICENCE, sentence(1), sentence(2)], [], 2)).toEqual({ first: [0, 2], copies: [1], rest: [3] });
});
