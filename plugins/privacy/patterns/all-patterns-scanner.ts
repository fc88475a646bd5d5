import { createScanner, type Scanner } from "../scan/scanner.ts";
import { createBoundedScanner } from "./bounded-scanner.ts";
import { builtInPatterns } from "./index.ts";
import type { Pattern } from "./pattern.ts";

/** The built-in patterns together with `own` from outside, which cannot hold it up: they throw PATTERN_TOO_SLOW. */
export function createAllPatternsScanner(own: readonly Pattern[]): Scanner {
  const scan = createScanner(builtInPatterns);
  const scanOwn = createBoundedScanner(own);
  return (text) => [...scan(text), ...scanOwn(text)];
}
