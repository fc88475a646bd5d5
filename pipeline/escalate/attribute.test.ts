import { describe, expect, test } from "vitest";
import type { Passage } from "../../kernel/index.ts";
import { plain } from "../../test/plain.ts";
import { attribute } from "./attribute.ts";

const passage = (id: number, text: string): Passage => ({
  id,
  path: `${id}.md`,
  title: plain(""),
  heading: plain(""),
  start: 0,
  end: text.length,
  text: plain(text),
  entities: [],
  score: 1,
});

const PASSAGES = [
  passage(0, "The lamp was built by [PERSON_01] in 1821. It burns oil."),
  passage(1, "On a clear day the beam reaches 48 kilometres. Rain halves that."),
];

function check(name: string, written: string, expected: string, cited: readonly string[] = []): void {
  test(name, () => {
    const { text, quotes } = attribute(plain(written), PASSAGES, [0, 1]);
    expect(text).toBe(expected);
    expect(quotes.map(({ passage: at, start, end }) => PASSAGES[at]?.text.slice(start, end))).toEqual(cited);
  });
}

const BUILT = "The lamp was built by [PERSON_01] in 1821.";
const BEAM = "On a clear day the beam reaches 48 kilometres.";

describe("each sentence is given the sentences that say so", () => {
  check("with the model's own reference", "[PERSON_01] built the lamp in 1821. [1]", "[PERSON_01] built the lamp in 1821. [1]", [BUILT]);
  check("with a reference inside", "[PERSON_01] built the lamp [1].", "[PERSON_01] built the lamp. [1]", [BUILT]);
  check("without any", "The beam reaches 48 kilometres.", "The beam reaches 48 kilometres. [1]", [BEAM]);
  check("with a wrong one", "The beam reaches 48 kilometres. [1]", "The beam reaches 48 kilometres. [1]", [BEAM]);
  check(
    "of several passages",
    "The lamp was built in 1821, and the beam reaches 48 kilometres. [1][2]",
    "The lamp was built in 1821, and the beam reaches 48 kilometres. [1] [2]",
    [BEAM, BUILT],
  );
  check(
    "in a list",
    "- It burns oil [1]\n- The beam reaches 48 kilometres [2]",
    "- It burns oil [1]\n- The beam reaches 48 kilometres [2]",
    ["It burns oil.", BEAM],
  );
});

check("what nothing says cites nothing", "Whales sing at night.", "Whales sing at night.");
check("an index is no reference", "Use list[2] and whales.", "Use list[2] and whales.");
check("nothing is nothing", "", "");

test("hostile references cost little", () => {
  const started = performance.now();
  attribute(plain("[1".repeat(20_000) + " ".repeat(20_000) + "[1],".repeat(5_000)), PASSAGES, [0, 1]);
  expect(performance.now() - started).toBeLessThan(20_000);
});
