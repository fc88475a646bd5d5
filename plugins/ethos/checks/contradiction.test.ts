import { describe, expect, test } from "vitest";
import { passageAt, trialOf, undated } from "../../../test/trial.ts";
import { contradictions } from "./contradiction.ts";

const found = (...sources: Parameters<typeof trialOf>[1][]) => contradictions(trialOf("What holds?", ...sources), undated);

describe("two sources that give different values for one statement are both shown", () => {
  const check = (a: string, b: string, values: readonly string[]) =>
    test(`${a} / ${b}`, () => {
      const [finding] = found(a, b);
      for (const value of values) expect(finding?.warning.text).toContain(value);
      expect(finding?.warning.quotes).toEqual([
        { passage: 0, start: 0, end: a.length },
        { passage: 1, start: 0, end: b.length },
      ]);
    });
  check("The default timeout is 30 seconds.", "The default timeout is 60 seconds.", ["30", "60"]);
  check("The library was founded in 1912.", "The library was founded in 1921.", ["1912", "1921"]);
  check("The museum opens at nine in the morning.", "The museum opens at ten in the morning.", ["nine", "ten"]);
  check("The project was started by Ines Falk.", "The project was started by Carl Weber.", ["Ines Falk", "Carl Weber"]);
  check("The current maintainer of the parser is Ines Falk.", "The maintainer of the parser is Carl Weber.", ["Falk", "Weber"]);
  check("The meeting was held on 3 May 2021.", "The meeting was held on 5 May 2021.", ["3 May 2021", "5 May 2021"]);
  check("- The upload limit is 10 MB.", "- The upload limit is 25 MB.", ["10", "25"]);
});

describe("what only looks alike is no contradiction", () => {
  const check = (a: string, b: string) => test(`${a} / ${b}`, () => expect(found(a, b)).toEqual([]));
  check("The timeout for uploads is 60 seconds.", "The timeout for downloads is 30 seconds.");
  check("Version 2 was released in 2019.", "Version 3 was released in 2021.");
  check("Rollo was a leader of the Normans.", "Bohemond was a leader of the Normans.");
  check("The tower is 40 metres high.", "The tower is 40 metres high.");
  check("The tower is 40 metres high.", "The tower weighs 90 tons.");
  check("The limit is 30 seconds.", "The limit is not 60 seconds.");
  check("Step 1: open the file menu and save.", "Step 2: open the file menu and save.");
  check("The cache is kept for 5 minutes.", "The cache is kept for 300 seconds.");
  check("It was 5.", "It was 6.");
  check("", "");
});

test("the source that others outnumber is doubted", () => {
  const [finding] = found("The default port is 80.", "The default port is 8080.", "The default port is 8080!");
  expect(finding?.objection).toBe("The sources disagree on a number: 80 in one, 8080 in another. More sources say 8080.");
});

test("one against one is shown without taking sides", () => {
  expect(found("The default port is 80.", "The default port is 8080.")[0]?.objection).toBeUndefined();
});

test("the older source is doubted, by the date it gives itself; the newer one is not, though it is alone", () => {
  const old = passageAt("a.md", "The default port is 80.", "Release 1 (2019-04-02)");
  const recent = passageAt("b.md", "The default port is 8080.", "Release 2 (2024-01-09)");
  expect(found(old, recent)[0]?.objection).toMatch(/^The sources disagree on a number: .+ The one with 8080 is newer\.$/);
  expect(found(recent, old, "The default port is 80.")[0]?.objection).toBeUndefined();
});

test("without a date of its own a document is as old as its file", () => {
  const changed = (path: string) => (path === "a.md" ? 1000 : 2000);
  const trial = trialOf("What?", passageAt("a.md", "The default port is 80."), passageAt("b.md", "The default port is 8080."));
  expect(contradictions(trial, { ...undated, changed })[0]?.objection).toMatch(
    /^The sources disagree on a number: .+ The one with 8080 is newer\.$/,
  );
});

test("hundreds of sentences are compared in no time worth speaking of", () => {
  const many = Array.from({ length: 400 }, (_, i) => `The limit of thing number ${i} in room ${i % 7} is ${i * 3} metres.`).join(" ");
  expect(found(many, many)).toBeInstanceOf(Array);
});
