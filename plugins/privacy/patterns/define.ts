import { isTypeName, SynesisError } from "../../../kernel/index.ts";
import { hostileTexts, scanTimes } from "../scan/hostile.ts";
import { createScanner } from "../scan/scanner.ts";
import { CHECKS } from "./checks.ts";
import type { Pattern } from "./pattern.ts";

/** Length of the hostile texts, and how long a pattern may take for one at the best of three runs, in milliseconds. */
const HOSTILE_LENGTH = 20_000;
const MAX_HOSTILE_MS = 200;

/**
 * Checks patterns that come from outside: their form, that they compile, that they find what they say and leave what
 * they say, and that no hostile text holds them up.
 *
 * @throws SynesisError PLUGIN_INVALID, naming the pattern and what is wrong.
 */
export function definePatterns(patterns: readonly Pattern[]): readonly Pattern[] {
  for (const pattern of patterns) {
    const fault = faultOf(pattern);
    if (fault) throw new SynesisError("PLUGIN_INVALID", `The pattern "${pattern.name}": ${fault}.`);
  }
  return patterns;
}

function faultOf(pattern: Pattern): string | undefined {
  if (typeof pattern.type !== "string" || !isTypeName(pattern.type)) return "its type cannot be the name of a token";
  if (pattern.matches.length === 0) return "it has no example of what it finds";
  if (pattern.check !== undefined && !Object.hasOwn(CHECKS, pattern.check)) return `there is no check ${pattern.check}`;
  try {
    const scan = createScanner([pattern]);
    const missed = pattern.matches.findIndex((text) => scan(text).length === 0);
    if (missed >= 0) return `it does not find its example ${missed + 1}`;
    const taken = pattern.misses.findIndex((text) => scan(text).length > 0);
    if (taken >= 0) return `it takes its counter-example ${taken + 1}`;
    const slow = scanTimes(scan, hostileTexts(HOSTILE_LENGTH)).find(({ ms }) => ms > MAX_HOSTILE_MS);
    if (slow) return `it takes too long for ${slow.name}`;
  } catch {
    return "its expression is not valid";
  }
  return undefined;
}
