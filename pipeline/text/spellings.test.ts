import { expect, test } from "vitest";
import { editsBetween, spellingsNear } from "./spellings.ts";

const check = (from: string, to: string, edits: number) =>
  test(`${from}, ${to}: ${edits}`, () => expect(editsBetween(from, to, 2)).toBe(edits));
check("normandy", "normandy", 0);
check("normendy", "normandy", 1);
check("nomrandy", "normandy", 1);
check("nrmandy", "normandy", 1);
check("normanndy", "normandy", 1);
check("nomrendy", "normandy", 2);
check("", "ab", 2);
check("normandy", "brittany", 3);

test("spellings near a word are exactly those one letter away", () => {
  const near = spellingsNear("école");
  for (const spelling of near) expect(editsBetween("école", spelling, 2)).toBe(1);
  for (const spelling of ["cole", "écoles", "éclole", "éocle", "écale", "ééole"]) expect(near).toContain(spelling);
  expect(near.size).toBeLessThan(2 * 6 * 32);
});
