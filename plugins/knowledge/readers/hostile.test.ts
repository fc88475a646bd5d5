import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Chunking } from "../chunkers/chunking.ts";
import { parseBytes } from "../parse.ts";
import { openReading } from "../reading.ts";

const tokenizer = fileURLToPath(new URL("../../embeddings/model/tokenizer.json", import.meta.url));
const chunkings: readonly Chunking[] = [
  { kind: "sentence" },
  { kind: "paragraph" },
  { kind: "tokens", tokens: 64, overlap: 32, tokenizer },
];
const readings = await Promise.all(chunkings.map((chunking) => openReading({ chunking })));

/** Texts that make careless patterns backtrack, of about `n` characters. */
const SHAPES: readonly [path: string, make: (n: number) => string][] = [
  ["spaces.md", (n) => `# a${" ".repeat(n)}b`],
  ["closing.md", (n) => `# a ${"# ".repeat(n / 2)}b`],
  ["lines.md", (n) => " ".repeat(n / 2) + "\n".repeat(n / 2)],
  ["brackets.md", (n) => `# ${"![a](".repeat(n / 5)}`],
  ["stars.md", (n) => `# ${"*".repeat(n)}`],
  ["fences.md", (n) => "```\n".repeat(n / 4)],
  ["front.md", (n) => `---\n${"a\n".repeat(n / 2)}`],
  ["dots.txt", (n) => "a.".repeat(n / 2)],
  ["gaps.txt", (n) => `a\n${" ".repeat(n)}b`],
  ["modifiers.ts", (n) => "export ".repeat(n / 7)],
  ["indent.ts", (n) => "x\n  ".repeat(n / 4)],
  ["nested.html", (n) => "<div>".repeat(n / 5)],
  ["entities.html", (n) => "&amp;".repeat(n / 5)],
  ["attributes.html", (n) => `<a ${"b ".repeat(n / 2)}>`],
  ["words.eml", (n) => `Subject: ${"=?a?Q?".repeat(n / 6)}`],
  ["boundary.eml", (n) => `Content-Type: multipart/mixed; boundary="-"\n\n${"-".repeat(n)}`],
];

// A quadratic pattern takes seconds to minutes for a megabyte; the limit of the test is that of its kind.
test.each(SHAPES)(
  "a megabyte of %s is read or refused",
  async (path, make) => {
    const bytes = Buffer.from(make(1_000_000));
    for (const reading of readings) {
      const outcome = await parseBytes(reading, path, bytes).catch((error: Error) => ({ reason: error.message }));
      expect("reason" in outcome ? outcome.reason : outcome.chunks.length > 0).toSatisfy(
        (result) => result === true || typeof result === "string",
      );
    }
  },
  30_000,
);
