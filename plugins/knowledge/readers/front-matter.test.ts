import { expect, test } from "vitest";
import { frontMatterTags } from "./front-matter.ts";

test.each<[front: string, tags: string[]]>([
  ["---\ntags: [One, \"two words\", 'three']\n---\n", ["one", "two words", "three"]],
  ["---\r\ntags: one, #two\r\n---\r\n", ["one", "two"]],
  ["---\ntitle: x\ntags:\n  - One\n  - 'Two'  # why\n- three\nauthor: y\n---\n", ["one", "two", "three"]],
  ["---\ntags: [one,\n  two]\n---\n", ["one", "two"]],
  ["---\nTags: single\n---\n", ["single"]],
  ["---\ntags: [a, a, A]\n---\n", ["a"]],
  ["---\ntags:\n---\n", []],
  ["---\ntags: []\nother:\n - no\n---\n", []],
  ["---\nmytags: [no]\n  tags: [no]\n---\n", []],
  [`---\ntags: [${"x".repeat(200)}, fine]\n---\n`, ["fine"]],
  ["", []],
])("%j names %j", (front, tags) => {
  expect(frontMatterTags(front)).toEqual(tags);
});
