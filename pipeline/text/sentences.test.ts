import { expect, test } from "vitest";
import { splitSentences } from "./sentences.ts";

const check = (text: string, expected: string[]) =>
  test(JSON.stringify(text.slice(0, 60)), () =>
    expect(splitSentences(text).map(({ start, end }) => text.slice(start, end))).toEqual(expected),
  );

check("One. Two! Three?", ["One.", "Two!", "Three?"]);
check("Dr. Smith met J. R. Tolkien. They spoke.", ["Dr. Smith met J. R. Tolkien.", "They spoke."]);
check("It costs 3.5 euros. Fine.", ["It costs 3.5 euros.", "Fine."]);
check("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]);
check("# Title\n\nA line\nwrapped here. Next.", ["# Title", "A line\nwrapped here.", "Next."]);
check("- one\n- two\n1. three", ["- one", "- two", "1. three"]);
check("See e.g. the docs, i.e. below. End", ["See e.g. the docs, i.e. below.", "End"]);
check("", []);
check("  \n ", []);
check("日本語です。次の文です。", ["日本語です。", "次の文です。"]);
