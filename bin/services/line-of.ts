import { readFileSync, statSync } from "node:fs";

/** Kinds of file whose text is not what the file holds, so that an offset is no place in it. */
const CONVERTED = /\.(pdf|docx|pptx|xlsx|epub|odt)$/i;
const MAX_BYTES = 20 * 1024 * 1024;

/** The line, from 1, on which an offset of a text file lies; undefined when the file cannot tell. */
export function lineOf(path: string, offset: number): number | undefined {
  if (CONVERTED.test(path)) return undefined;
  try {
    if (statSync(path).size > MAX_BYTES) return undefined;
    const before = readFileSync(path, "utf8")
      .replace(/^\uFEFF/, "")
      .slice(0, offset);
    return before.split("\n").length;
  } catch {
    return undefined;
  }
}
