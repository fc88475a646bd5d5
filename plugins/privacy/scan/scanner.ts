import type { Span } from "../../../kernel/index.ts";
import { CHECKS } from "../patterns/checks.ts";
import type { Pattern } from "../patterns/pattern.ts";

/** Says where the values stand that `patterns` describe. */
export function createScanner(patterns: readonly Pattern[]): (text: string) => Span[] {
  const compiled = patterns.map((entry) => ({ ...entry, regex: new RegExp(entry.pattern, `gd${entry.flags ?? ""}`) }));
  return (text) =>
    compiled.flatMap(({ type, regex, check, priority = 0 }) =>
      Array.from(text.matchAll(regex), (match) => {
        const [start, end] = match.indices?.groups?.["value"] ?? [match.index, match.index + match[0].length];
        return { start, end, type, priority };
      }).filter(({ start, end }) => check === undefined || CHECKS[check](text.slice(start, end))),
    );
}
