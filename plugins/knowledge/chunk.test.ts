import fc from "fast-check";
import { expect, test } from "vitest";
import { sourceOffset } from "../../pipeline/text/source-map.ts";
import { chunksOf } from "./chunk.ts";
import { sentenceCutter } from "./chunkers/sentence.ts";
import { parseHtml } from "./readers/html.ts";
import { parseMarkdown } from "./readers/markdown.ts";
import { parsePlain } from "./readers/plain.ts";

const size = { target: 60, max: 80 };
const bySentence = sentenceCutter(size);
const cut = (parsed: ReturnType<typeof parsePlain>) => chunksOf(parsed, bySentence).map(({ heading, text }) => [heading, text]);

test("chunks keep to sections and carry the path of headings", () => {
  const text = "# Guide\n\nIntro.\n\n## Install\n\nRun npm.\n\n### Traps\n\nNone.\n\n## Use\n\nAsk.\n";
  expect(parseMarkdown(text).title).toBe("Guide");
  expect(cut(parseMarkdown(text))).toEqual([
    ["", "Intro."],
    ["Install", "Run npm."],
    ["Install › Traps", "None."],
    ["Use", "Ask."],
  ]);
});

test("headings in fenced code do not count, underlined ones do", () => {
  const text = "Title\n=====\n\n```sh\n# not a heading\n```\n\nPart\n----\n\nBody.";
  expect(cut(parseMarkdown(text))).toEqual([
    ["", "```sh\n# not a heading\n```"],
    ["Part", "Body."],
  ]);
});

test("front matter gives the title and is not text", () => {
  const parsed = parseMarkdown('---\ntitle: "Hello"\ntags: x\n---\nBody.');
  expect([parsed.title, cut(parsed)]).toEqual(["Hello", [["", "Body."]]]);
});

test("small paragraphs are joined, long ones are cut between sentences", () => {
  const text = "A one.\n\nB two.\n\nThis sentence has about forty letters in it. And this other one has about as many again. Fine.";
  expect(cut(parsePlain(text, "text"))).toEqual([
    ["", "A one.\n\nB two.\n\nThis sentence has about forty letters in it."],
    ["", "And this other one has about as many again. Fine."],
  ]);
});

test("code is cut between definitions and headed by their names", () => {
  const code = `export function first() {\n  return 1;\n}\n\nclass Second {\n  a = 1;\n\n  b = 2;\n${"  c = 3;\n".repeat(4)}}\n`;
  expect(chunksOf(parsePlain(code, "code"), bySentence).map(({ heading }) => heading)).toEqual(["first", "Second"]);
});

test("HTML offsets lead back into the source, across tags, entities and folded white space", () => {
  const html = "<html><head><title>T</title><style>x{}</style></head><body><h1>Head</h1><p>Fish &amp;   <b>chips</b>\n cost 5.</p></body>";
  const [chunk] = chunksOf(parseHtml(html), bySentence);
  expect(chunk).toMatchObject({ heading: "Head", text: "Fish & chips cost 5." });
  const at = (chunk?.text ?? "").indexOf("chips");
  const from = sourceOffset(chunk as NonNullable<typeof chunk>, at);
  const to = sourceOffset(chunk as NonNullable<typeof chunk>, at + 5, "end");
  expect(html.slice(from, to)).toBe("chips");
  expect(html.slice(chunk?.start, chunk?.end)).toBe("Fish &amp;   <b>chips</b>\n cost 5.");
});

const texts = fc.array(
  fc.constantFrom("word ", "Sentence. ", "\n", "\n\n", "# H\n", "```\n", "x".repeat(90), "😀", "- item\n", "\t", "}"),
  {
    maxLength: 80,
  },
);

test("every chunk is its range of the source, in order, bounded, and no word is lost", () => {
  fc.assert(
    fc.property(texts, fc.constantFrom("text", "code", "data", "markdown"), (pieces, kind) => {
      const text = pieces.join("");
      const parsed = kind === "markdown" ? parseMarkdown(text) : parsePlain(text, kind as "text");
      const chunks = chunksOf(parsed, bySentence);
      let last = 0;
      for (const chunk of chunks) {
        expect(text.slice(chunk.start, chunk.end)).toBe(chunk.text);
        expect(chunk.start).toBeGreaterThanOrEqual(last);
        expect(chunk.text.length).toBeLessThanOrEqual(size.max);
        last = chunk.end;
      }
      if (kind !== "markdown")
        expect(
          chunks
            .map((chunk) => chunk.text)
            .join("")
            .replace(/\s/g, ""),
        ).toBe(text.replace(/\s/g, ""));
    }),
  );
});
