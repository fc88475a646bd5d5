import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceOffset } from "../../../pipeline/text/source-map.ts";
import { type TokenizerFile, WordPiece } from "../../../pipeline/text/wordpiece.ts";
import { type Cutter, chunksOf } from "../chunk.ts";
import { parseHtml } from "../readers/html.ts";
import { parseMarkdown } from "../readers/markdown.ts";
import { parsePlain } from "../readers/plain.ts";
import { paragraphCutter } from "./paragraph.ts";
import { sentenceCutter } from "./sentence.ts";
import { tokenCutter } from "./tokens.ts";

const file = fileURLToPath(new URL("../../embeddings/model/tokenizer.json", import.meta.url));
const tokenizer = new WordPiece(JSON.parse(readFileSync(file, "utf8")) as TokenizerFile);
const size = { target: 60, max: 80 };
const cutters: Record<string, Cutter> = {
  sentence: sentenceCutter(size),
  paragraph: paragraphCutter(size),
  tokens: tokenCutter(tokenizer, { tokens: 12, overlap: 3 }),
};
const texts = (cut: Cutter, text: string) => chunksOf(parseMarkdown(text), cut).map((chunk) => [chunk.heading, chunk.text]);

test("paragraphs are chunks of their own, long ones are cut between sentences", () => {
  const text = "# A\n\nOne.\n\nTwo.\n\n## B\n\nThis sentence has about forty letters in it. And this other one has about as many again.";
  expect(texts(paragraphCutter(size), text)).toEqual([
    ["", "One."],
    ["", "Two."],
    ["B", "This sentence has about forty letters in it."],
    ["B", "And this other one has about as many again."],
  ]);
});

test("a chunk has as many tokens as asked for, begins with the end of the one before, and does not cross a heading", () => {
  const text = `# A\n\n${"one two three four five six seven eight nine ten ".repeat(3)}\n\n## B\n\neleven`;
  const cut = tokenCutter(tokenizer, { tokens: 12, overlap: 2 });
  expect(texts(cut, text)).toEqual([
    ["", "one two three four five six seven eight nine ten one two"],
    ["", "one two three four five six seven eight nine ten one two"],
    ["", "one two three four five six seven eight nine ten"],
    ["B", "eleven"],
  ]);
});

test("tokens are those of the tokenizer, and marks count as well", () => {
  const text = `${"supercalifragilistic ".repeat(20)}${"-".repeat(40)}`;
  for (const { text: chunk } of chunksOf(parsePlain(text, "text"), tokenCutter(tokenizer, { tokens: 16, overlap: 0 })))
    expect(tokenizer.encode(chunk, 1000).length).toBeLessThanOrEqual(16);
});

test("a run without white space is cut too, never inside a character", () => {
  const text = "😀".repeat(300) + "x".repeat(5000);
  const chunks = chunksOf(parsePlain(text, "text"), tokenCutter(tokenizer, { tokens: 64, overlap: 8 }));
  expect(chunks.length).toBeGreaterThan(10);
  for (const chunk of chunks) {
    expect(chunk.text.length).toBeLessThan(400);
    expect(chunk.text.isWellFormed()).toBe(true);
  }
});

const words = fc.array(
  fc.constantFrom(
    "word ",
    "Sentence. ",
    "\n",
    "\n\n",
    "# H\n",
    "```\n",
    "x".repeat(90),
    "😀",
    "- item\n",
    "\t",
    "}",
    "é ",
    "汉字",
    "unbelievable ",
  ),
  { maxLength: 80 },
);
const markup = fc.array(
  fc.constantFrom("<p>", "</p>", "<b>bold</b>", "Fish &amp; ", "&nbsp;", "word ", "\n  ", "<h2>Head</h2>", "<br>", "é", "😀 ", "<li>item"),
  { maxLength: 60 },
);

describe.each(Object.entries(cutters))("%s", (_, cut) => {
  test("every chunk is its range of the source, in order, and no letter is lost", () => {
    fc.assert(
      fc.property(words, fc.constantFrom("text", "code", "data", "markdown"), (pieces, kind) => {
        const text = pieces.join("");
        const chunks = chunksOf(kind === "markdown" ? parseMarkdown(text) : parsePlain(text, kind as "text"), cut);
        const covered = new Uint8Array(text.length);
        let last = 0;
        for (const chunk of chunks) {
          expect(text.slice(chunk.start, chunk.end)).toBe(chunk.text);
          expect(chunk.start).toBeGreaterThanOrEqual(last);
          expect(chunk.text.trim()).not.toBe("");
          last = chunk.start;
          covered.fill(1, chunk.start, chunk.end);
        }
        const lost = Array.from({ length: text.length }, (_, i) => i).filter((i) => covered[i] === 0 && /\S/.test(text[i] as string));
        if (kind !== "markdown") expect(lost).toEqual([]);
      }),
    );
  });

  test("each letter of a chunk of HTML leads to the place in the source where it stands", () => {
    fc.assert(
      fc.property(markup, (pieces) => {
        const html = pieces.join("");
        for (const chunk of chunksOf(parseHtml(html), cut))
          for (const { 0: word, index } of chunk.text.matchAll(/\p{L}+/gu)) {
            const from = sourceOffset(chunk, index);
            const to = sourceOffset(chunk, index + word.length, "end");
            expect(html[from]).toBe(word[0]);
            expect(html[to - 1]).toBe(word.at(-1));
          }
      }),
    );
  });
});
