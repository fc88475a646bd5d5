import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLines, type TextLine } from "./json-lines.ts";

async function all(file: string): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of readLines(file)) lines.push(line);
  return lines;
}

const check = (name: string, bytes: string | Uint8Array, expected: [number: number, text: string | undefined][]) =>
  test(name, async () => {
    const file = join(mkdtempSync(join(tmpdir(), "lines-")), "in.jsonl");
    writeFileSync(file, bytes);
    const lines = await all(file);
    expect(lines.map(({ number, text }) => [number, text])).toEqual(expected);
  });

check("lines with and without a last line feed", "a\nb", [
  [1, "a"],
  [2, "b"],
]);
check("blank lines are counted and left out", "a\n\n  \nb\n", [
  [1, "a"],
  [4, "b"],
]);
check("only a line feed ends a line", "a\u2028b\rc\n", [[1, "a\u2028b\rc"]]);
check("a byte order mark is no part of the first line", "\uFEFFa\n", [[1, "a"]]);
check(
  "a line that is not UTF-8 spoils no other",
  Buffer.concat([Buffer.from("a\n"), Buffer.from([0x22, 0xff, 0x0a]), Buffer.from("b\n")]),
  [
    [1, "a"],
    [2, undefined],
    [3, "b"],
  ],
);
check("a line longer than one read", `${"x".repeat(300_000)}\ny\n`, [
  [1, "x".repeat(300_000)],
  [2, "y"],
]);
check("an empty file", "", []);

test("a file that is not there is a clear error", async () => {
  await expect(all("/no/such/file")).rejects.toMatchObject({ code: "INPUT_NOT_FOUND" });
});
