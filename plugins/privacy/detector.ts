/** All detectors of the program together, without overlaps. */

import type { Span } from "../../kernel/index.ts";
import { resolveOverlaps } from "../../kernel/index.ts";
import { loadNameDetector } from "./names/detect.ts";
import { builtInPatterns } from "./patterns/index.ts";
import { createScanner } from "./scan/scanner.ts";

/** What is to be hidden in a text: patterns and names, settled where they overlap. */
export async function createDetector(): Promise<(text: string) => Span[]> {
  const scan = createScanner(builtInPatterns);
  const names = await loadNameDetector();
  return (text) => resolveOverlaps(text, [...scan(text), ...names(text)]);
}
