/**
 * Tables that the build has computed, since that takes longer than most commands do. A file is named after the patterns it
 * was made from, so that others never take it; run from source there is none.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { Pattern } from "../patterns/pattern.ts";
import type { Tables } from "./tables.ts";

/** What the tables depend on. */
const FIELDS = [
  "anchor",
  "digits",
  "first",
  "separators",
  "before",
  "gate",
  "followed",
  "of",
  "least",
  "within",
  "back",
  "pattern",
  "flags",
  "context",
];
const NAME_LENGTH = 16;

/** @param source `import.meta.url` of the caller. */
export function storedTables(patterns: readonly Pattern[], source: string): Tables | undefined {
  const dist = source.lastIndexOf("/dist/");
  if (dist < 0 || source.endsWith(".ts")) return undefined;
  try {
    return deserialize(readFileSync(new URL(fileName(patterns), source.slice(0, dist + "/dist/".length)))) as Tables;
  } catch {
    return undefined; // other patterns, or a file that another release of Node has written: they are computed then
  }
}

/** The name and the content of the file for these patterns. */
export function tablesFile(patterns: readonly Pattern[], tables: Tables): { name: string; content: Uint8Array } {
  return { name: fileName(patterns), content: serialize(tables) };
}

function fileName(patterns: readonly Pattern[]): string {
  return `anchors-${createHash("sha256").update(JSON.stringify(patterns, FIELDS)).digest("hex").slice(0, NAME_LENGTH)}.bin`;
}
