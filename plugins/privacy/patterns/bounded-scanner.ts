import { type Span, SynesisError } from "../../../kernel/index.ts";
import { createScanner, type Scanner } from "../scan/scanner.ts";
import { createDeadline } from "./deadline.ts";
import type { Pattern } from "./pattern.ts";

/** Time for any text, and for each 100,000 characters of it, in milliseconds. */
const BASE_MS = 2_000;
const MS_PER_100K = 1_000;

/**
 * A scanner for patterns that come from outside: whatever they are, a text does not keep it beyond its time.
 *
 * @throws SynesisError PATTERN_TOO_SLOW when a text took longer, naming the pattern if it is a single one.
 */
export function createBoundedScanner(patterns: readonly Pattern[]): Scanner {
  if (patterns.length === 0) return () => [];
  const within = createDeadline();
  const scan = createScanner(patterns);
  return (text): Span[] => {
    const ms = BASE_MS + Math.ceil((text.length / 100_000) * MS_PER_100K);
    const spans = within(ms, () => scan(text));
    if (spans) return spans;
    const slow = patterns.find((pattern) => within(ms, () => createScanner([pattern])(text)) === undefined);
    throw new SynesisError("PATTERN_TOO_SLOW", slow ? `(${slow.name})` : undefined);
  };
}
