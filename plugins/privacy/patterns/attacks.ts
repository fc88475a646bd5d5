import type { HostileText } from "../scan/hostile.ts";
import type { Pattern } from "./pattern.ts";

/** How much of a pattern's examples is taken: characters of one, and how many. */
const MAX_EXAMPLE = 64;
const MAX_EXAMPLES = 3;
/** Characters that are repeated together, at most. */
const MAX_UNIT = 3;
/** What no example goes on with, so that a match that seemed near fails at the very end. */
const END = "\n\u0001";

/**
 * Texts of about `length` characters made to hold up one pattern: its own examples, in which each piece in turn goes on
 * and on. An expression that can read the same characters in several ways then tries all of them.
 */
export function* attacksOn({ matches }: Pattern, length: number): Generator<HostileText> {
  for (const example of matches.slice(0, MAX_EXAMPLES)) {
    const text = example.slice(0, MAX_EXAMPLE);
    yield { name: "its example over and over", text: text.repeat(Math.ceil(length / (text.length || 1))) + END };
    for (let at = 0; at < text.length; at++)
      for (let unit = 1; unit <= MAX_UNIT && at + unit <= text.length; unit++)
        yield {
          name: `its example with "${text.slice(at, at + unit)}" repeated`,
          text: text.slice(0, at) + text.slice(at, at + unit).repeat(Math.ceil(length / unit)) + END,
        };
  }
}
