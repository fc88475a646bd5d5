import { expect, test } from "vitest";
import { count } from "./count.ts";

test.each([
  [0, "chunk", undefined, "0 chunks"],
  [1, "chunk", undefined, "1 chunk"],
  [2, "chunk", undefined, "2 chunks"],
  [1, "entry", "entries", "1 entry"],
  [3, "entry", "entries", "3 entries"],
])("%i of %s", (number, one, many, said) => expect(count(number, one, many)).toBe(said));
