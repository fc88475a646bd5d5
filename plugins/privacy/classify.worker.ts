/** What of a text is not public, by patterns alone: loaded by whoever reads files, in threads. Names would take five times as long. */
import { resolveOverlaps } from "../../kernel/index.ts";
import { builtInPatterns } from "./patterns/index.ts";
import { createScanner } from "./scan/scanner.ts";

/** Types whose values open something to whoever knows them. */
const SECRET = new Set(
  "API_KEY AUTHORIZATION CONNECTION_STRING COOKIE JWT PASSWORD PIN PRIVATE_KEY SECRET SECRET_HEADER SEED_PHRASE SESSION_ID URL_CREDENTIALS".split(
    " ",
  ),
);

/** Types that say nothing about a person by themselves: documentation is full of them. */
const IMPERSONAL = new Set("CERTIFICATE DATE GROUP URL".split(" "));

const scan = createScanner(builtInPatterns.filter(({ type }) => !IMPERSONAL.has(type)));

export interface ClassifiedSpan {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly class: "personal" | "secret";
}

/** Disjoint, in order. */
export default function classify(text: string): ClassifiedSpan[] {
  return resolveOverlaps(text, scan(text)).map(({ start, end, type }) => ({
    start,
    end,
    type,
    class: SECRET.has(type) ? "secret" : "personal",
  }));
}
