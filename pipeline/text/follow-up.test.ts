import { expect, test } from "vitest";
import { isFollowUp } from "./follow-up.ts";

test.each([
  ["and who founded it?", true],
  ["Why?", true],
  ["How far does it reach?", true],
  ["What about winter?", true],
  ["Where did he live?", true],
  ["Who built the Heliograph?", false],
  ["How is the mirror cleaned on the tripod?", false],
  ["Did Gauss build it?", false],
])("%s: %s", (question, expected) => expect(isFollowUp(question)).toBe(expected));
