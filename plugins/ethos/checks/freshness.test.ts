import { describe, expect, test } from "vitest";
import { passageAt, trialOf, undated } from "../../../test/trial.ts";
import { freshness } from "./freshness.ts";
import { readDate, writtenDate } from "./source-date.ts";

describe("dates as documents give them", () => {
  const check = (text: string, iso: string | undefined) =>
    test(text, () => {
      const date = readDate(text);
      expect(date === undefined ? undefined : new Date(date).toISOString().slice(0, 10)).toBe(iso);
    });
  check("2021-03-04", "2021-03-04");
  check("1.2.0 (2021.03.04)", "2021-03-04");
  check("2021/03", "2021-03-01");
  check("4 March 2021", "2021-03-04");
  check("March 4th, 2021", "2021-03-04");
  check("March 2021", "2021-03-01");
  check("2021-13-04", undefined);
  check("build 20210304", undefined);
  check("no date", undefined);
});

describe("where a document says when it was written", () => {
  const check = (name: string, path: string, text: string, heading: string, year: number | undefined) =>
    test(name, () => {
      const date = writtenDate(passageAt(path, text, heading));
      expect(date === undefined ? undefined : new Date(date).getUTCFullYear()).toBe(year);
    });
  check("a line of its own", "a.md", "Last updated: 2020-02-02\nThe port is 80.", "", 2020);
  check("front matter", "a.md", "---\ndate: 2020-02-02\n---\nThe port is 80.", "", 2020);
  check("its heading", "a.md", "The port is 80.", "Minutes of 5 May 2018", 2018);
  check("its path", "notes/2019-01-05_meeting.md", "The port is 80.", "", 2019);
  check("a date that the text only speaks of", "a.md", "The war ended on 2 September 1945.", "", undefined);
});

describe("a question about now", () => {
  const check = (question: string, heading: string, warned: boolean) =>
    test(`${question} ${heading}`, () => {
      const trial = trialOf(question, passageAt("a.md", "The head of the club is Ines Falk.", heading));
      expect(freshness(trial, undated)).toHaveLength(warned ? 1 : 0);
    });
  check("Who is the current head of the club?", "Minutes of 5 May 2018", true);
  check("Who is head of the club now?", "Minutes of 5 May 2018", true);
  check("What is the latest state of the club?", "2018-05-05", true);
  check("Who is the current head of the club?", "Minutes of 5 May 2026", false);
  check("Who is the current head of the club?", "Minutes", false);
  check("Who was head of the club?", "Minutes of 5 May 2018", false);
  check("Who do I know?", "Minutes of 5 May 2018", false);
});
