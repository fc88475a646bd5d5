import { expect, test } from "vitest";
import type { Brief } from "../../kernel/index.ts";
import { passageOf, plain } from "../../test/plain.ts";
import { unsupportedClaim } from "./claims.ts";

const SOURCE = "The Heliograph was built in 1821 by Carl Gauss. It does not work at night. On a clear day it reaches 48 kilometres.";
const SENTENCES = [
  "The Heliograph was built in 1821 by Carl Gauss.",
  "It does not work at night.",
  "On a clear day it reaches 48 kilometres.",
];
const quotes = SENTENCES.map((sentence) => ({
  passage: 0,
  start: SOURCE.indexOf(sentence),
  end: SOURCE.indexOf(sentence) + sentence.length,
}));

const brief = (text: string): Brief<string> => ({
  phase: "judge",
  round: 1,
  session: "s",
  question: plain("?"),
  passages: [passageOf(1, SOURCE, "Handbook")],
  objections: [],
  draft: { text, quotes },
});

test.each([
  ["a quotation", `${SENTENCES[0]} [1]`],
  ["several quotations", `${SENTENCES[1]} [2] ${SENTENCES[2]} [3]`],
  ["other words for the same", "Carl Gauss built it in 1821. [1]"],
  ["a name of the passage beside what is cited", "The Heliograph reaches 48 kilometres on a clear day. [3]"],
  ["a denial that is there", "The Heliograph does not work at night. [2]"],
  ["two citations", "Built in 1821, it reaches 48 kilometres. [1] [3]"],
])("borne: %s", (_, text) => expect(unsupportedClaim(brief(text))).toBeUndefined());

test.each([
  ["another number", "Carl Gauss built it in 1822. [1]", /1822/],
  ["another name", "Otto Hahn built it in 1821. [1]", /Otto Hahn/],
  ["a number of a sentence that is not cited", "It reaches 48 kilometres. [1]", /48/],
  ["a denial that is not there", "Carl Gauss never built the Heliograph. [1]", /yes where/],
  ["a denial turned into a yes", "It does work at night. [2]", /yes where/],
  ["something else", "Bananas ripen quickly under warm humid skies. [1]", /something else/],
  ["no citation", "Carl Gauss built it. [1] It is lovely to look at.", /cites nothing/],
  ["a citation of nothing", "Carl Gauss built it. [9]", /cites nothing/],
])("not borne: %s", (_, text, reason) => expect(unsupportedClaim(brief(text))).toMatch(reason));
