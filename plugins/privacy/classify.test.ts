import { expect, test } from "vitest";
import classify from "./classify.worker.ts";

test.each<[text: string, found: [type: string, what: string, value: string][]]>([
  ["The lamp is brass.", []],
  ["See https://example.org/a and version 1.2.3 of 2024-01-31.", []],
  ["Write to ann.lee@example.com.", [["EMAIL", "personal", "ann.lee@example.com"]]],
  [
    "key AKIAQYLPMN5HHHFPZAM2 of ann.lee@example.com",
    [
      ["API_KEY", "secret", "AKIAQYLPMN5HHHFPZAM2"],
      ["EMAIL", "personal", "ann.lee@example.com"],
    ],
  ],
])("%j", (text, found) => {
  expect(classify(text).map(({ start, end, type, class: what }) => [type, what, text.slice(start, end)])).toEqual(found);
});
