import { expect, test } from "vitest";
import { filterOf, timeOf } from "./filter.ts";

test("types and tags are taken as people write them", () => {
  expect(filterOf({ type: [".MD", "Code"], tag: ["#Work", " Plan B "] }, ["/a"])).toEqual({
    within: ["/a"],
    types: ["md", "code"],
    tags: ["work", "plan b"],
  });
  expect(filterOf({})).toEqual({ within: [] });
});

test("a day begins at its midnight and ends at the next; a time with a zone is exact", () => {
  expect(timeOf("2026-01-31", "begin")).toBe(new Date(2026, 0, 31).getTime());
  expect(timeOf("2026-01-31", "end")).toBe(new Date(2026, 1, 1).getTime());
  expect(timeOf("2026-01-31T12:00Z", "end")).toBe(Date.UTC(2026, 0, 31, 12));
  expect(timeOf("2026-01-31T12:00:30.5+02:00", "begin")).toBe(Date.UTC(2026, 0, 31, 10, 0, 30, 500));
});

test.each(["", "yesterday", "2026-02-31", "2026-13-01", "31.1.2026", "2026", "2026-01-31 12:00", "2026-01-31T25:00"])(
  "%j is no date",
  (text) => {
    expect(() => timeOf(text, "begin")).toThrow("A date is written");
  },
);

test.each(["", "a b", "*", "'", "x".repeat(40)])("%j is no type", (type) => {
  expect(() => filterOf({ type: [type] })).toThrow("A type is a kind");
});
