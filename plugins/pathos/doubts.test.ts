import { describe, expect, test } from "vitest";
import type { Brief, Passage } from "../../kernel/index.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { doubtsOf } from "./doubts.ts";
import { expansion } from "./expand.ts";
import { expertiseOf } from "./expertise.ts";
import { frame } from "./frame.ts";
import { sensesOf } from "./senses.ts";

function passage(path: string, text: string, title = ""): Passage<string> {
  return { id: path.length, path, title, heading: "", start: 0, end: text.length, text, entities: [], score: 1 };
}

/** A brief whose draft quotes the whole of the first passage. */
function brief(question: string, ...passages: readonly Passage<string>[]): Brief<string> {
  const [first] = passages;
  const draft = first && { text: first.text, quotes: [{ passage: 0, start: 0, end: first.text.length }] };
  return { phase: "judge", round: 1, session: "s", question, passages, objections: [], ...(draft && { draft }) };
}

const ANNA = passage("a.md", "In 2019 the director Anna Miller joined the board.");
const TOM = passage("bb.md", "Our gardener Tom Miller retired in 2020.");

describe("a name that is short for several", () => {
  const check = (question: string, passages: readonly Passage<string>[], senses: readonly string[]) =>
    test(question, () => expect(sensesOf(question, passages)).toEqual(senses));
  check("When did Miller leave?", [ANNA, TOM], ["Anna Miller", "Tom Miller"]);
  check("When did Anna Miller leave?", [ANNA, TOM], []);
  check("When did Miller join?", [ANNA], []);
  check("When did Miller come?", [ANNA, passage("b.md", "Later Anna Miller left.")], []);
  check("When did Miller go?", [ANNA, passage("b.md", "Mr Miller went, and President Miller stayed.")], []);
  check(
    "How far is Mercury?",
    [passage("a.md", "It is far.", "Mercury (planet)"), passage("b.md", "It is wet.", "Mercury (element)")],
    ["Mercury (planet)", "Mercury (element)"],
  );
  check("how far is it?", [ANNA, TOM], []);
  check("", [ANNA, TOM], []);
});

test("an open question is said to the user and lowers the approval", () => {
  const [doubt, ...others] = doubtsOf(brief("When did Miller leave?", ANNA, TOM));
  expect(others).toEqual([]);
  expect(doubt?.share).toBeLessThan(1);
  expect(doubt?.warning?.text).toContain("Anna Miller, or Tom Miller");
});

test("a source in another language is said to be one, with its place", () => {
  const german = passage("de.md", "Die Brücke wurde im Jahr 1902 eröffnet und ist die älteste der Stadt.");
  const [doubt] = doubtsOf(brief("When was the bridge of the city opened?", german));
  expect(doubt?.warning?.text).toContain("in English, the source in German");
  expect(doubt?.warning?.quotes).toHaveLength(1);
  expect(doubtsOf(brief("Wann wurde die Brücke eröffnet?", german))).toEqual([]);
});

test("nothing but code is objected to when a beginner asks, and only then", () => {
  const code = passage("a.md", "```sh\nnpm install\n```");
  expect(doubtsOf(brief("How do I install it? I am new to this", code))[0]?.objection).toContain("beginner");
  expect(doubtsOf(brief("How do I install it?", code))).toEqual([]);
});

describe("for whom the answer is meant", () => {
  test.each([
    ["Explain hooks in simple terms", "beginner"],
    ["I'm new to this: what is a hook?", "beginner"],
    ["How does the cache work under the hood?", "expert"],
    ["What is a hook?", undefined],
  ] as const)("%s", (question, expertise) => expect(expertiseOf(question)).toBe(expertise));
});

describe("another wording comes from the corpus's own words", () => {
  const found = [
    passage("a.md", "The turbine of the power plant needs lubricant every month."),
    passage("b.md", "Each turbine has a bearing that needs lubricant."),
    passage("c.md", "The canteen opens at noon."),
  ];
  test("words that keep the question's company are added", () =>
    expect(expansion(readQuestion("When is the turbine serviced?"), found)).toContain("lubricant"));
  test("a misspelt word is read as the one that is there", () =>
    expect(expansion(readQuestion("When is the tubrine serviced?"), found)).toContain("turbine"));
  test("the next round searches with them", () =>
    expect(frame({ ...brief("When is the turbine serviced?", ...found), phase: "propose", round: 2 }).framing?.reframed).toContain(
      "lubricant",
    ));
  test("without passages it is the question's words alone", () =>
    expect(frame({ ...brief("When is the turbine serviced?"), phase: "propose" }).framing?.reframed).toBe("turbine serviced"));
});
