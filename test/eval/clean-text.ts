/**
 * How much is hidden of texts in which there is hardly anything to hide: the project's documentation and code, and the
 * abstracts of `DIR/retrieval`. What patterns find there is mostly what it is taken for (addresses of web pages), so names
 * are counted apart. Some names are real: authors that an abstract quotes.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Span } from "../../kernel/index.ts";
import { loadNameDetector } from "../../plugins/privacy/names/detect.ts";
import { builtInPatterns } from "../../plugins/privacy/patterns/index.ts";
import { createScanner } from "../../plugins/privacy/scan/scanner.ts";
import { readLines } from "./read-lines.ts";

const PROJECT = join(import.meta.dirname, "../..");

/** Shares of the characters of one kind of text that are hidden. */
export interface CleanRow {
  readonly kind: string;
  readonly characters: number;
  readonly names: number;
  readonly patterns: number;
}

export async function evaluateCleanText(dataDir: string): Promise<{ clean: CleanRow[]; table: string }> {
  const names = await loadNameDetector();
  const patterns = createScanner(builtInPatterns);
  const clean = Object.entries(cleanTexts(dataDir)).map(([kind, texts]) => {
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    const share = (detect: (text: string) => readonly Span[]) => texts.reduce((sum, text) => sum + hidden(detect(text)), 0) / characters;
    return { kind, characters, names: share((text) => names(text)), patterns: share(patterns) };
  });
  return { clean, table: tableOf(clean) };
}

function cleanTexts(dataDir: string): Record<string, string[]> {
  const files = (...globs: string[]) =>
    globs.flatMap((glob) => globSync(glob, { cwd: PROJECT })).map((file) => readFileSync(join(PROJECT, file), "utf8"));
  const abstracts = join(dataDir, "retrieval/cranfield/docs.jsonl");
  return {
    documentation: files("docs/**/*.md"),
    code: files("{kernel,pipeline,bin,cloud}/**/*.ts"),
    ...(existsSync(abstracts) ? { abstracts: readLines<{ text: string }>(abstracts).map(({ text }) => text) } : {}),
  };
}

/** Characters in spans, each once. */
function hidden(spans: readonly Span[]): number {
  let end = 0;
  let count = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    count += Math.max(0, span.end - Math.max(end, span.start));
    end = Math.max(end, span.end);
  }
  return count;
}

function tableOf(rows: readonly CleanRow[]): string {
  const percent = (share: number) => `${(100 * share).toFixed(3)}%`.padStart(10);
  const line = ({ kind, characters, names, patterns }: CleanRow) =>
    kind.padEnd(20) + String(characters).padStart(12) + percent(names) + percent(patterns);
  return [
    `${"clean text".padEnd(20)}${"characters".padStart(12)}${"names".padStart(10)}${"patterns".padStart(10)}`,
    ...rows.map(line),
  ].join("\n");
}
