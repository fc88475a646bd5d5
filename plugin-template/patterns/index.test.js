import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPatterns, findPatterns } from "superinstance/testkit";
import patterns from "./index.js";

test("the patterns find their examples and nothing else", () => checkPatterns(patterns));

test("a number is found inside a sentence", () => {
  assert.deepEqual(findPatterns(patterns, "About CASE-2048:"), [{ start: 6, end: 15, type: "CASE_NUMBER", priority: 0 }]);
});
