import { isTypeName, SynesisError } from "../../../kernel/index.ts";
import { type HostileText, hostileTexts } from "../scan/hostile.ts";
import { createScanner, type Scanner } from "../scan/scanner.ts";
import { attacksOn } from "./attacks.ts";
import { CHECKS } from "./checks.ts";
import { createDeadline, type Deadline } from "./deadline.ts";
import type { Pattern } from "./pattern.ts";
import type { VerifiedPatterns } from "./verified.ts";

/** Length of the hostile texts, and how long a pattern may take for one at the best of three runs, in milliseconds. */
const HOSTILE_LENGTH = 20_000;
const MAX_HOSTILE_MS = 200;
/** How long all examples of a pattern may take together, in milliseconds. */
const MAX_EXAMPLES_MS = 2_000;

/** The kernel's own kind of token; an action for it would take what merely looks like a token out of texts. */
const RESERVED_TYPE = "LITERAL";

export interface DefineOptions {
  /** Where the patterns come from, such as a file; named in errors. */
  readonly origin?: string;
  /** Patterns that passed before are not checked again. */
  readonly verified?: Pick<VerifiedPatterns, "has" | "add">;
}

/**
 * Checks patterns that come from outside: their form, that they compile, that they find what they say and leave what
 * they say, and that no hostile text holds them up.
 *
 * @throws SynesisError PATTERNS_INVALID, naming the pattern and what is wrong.
 */
export function definePatterns(patterns: readonly Pattern[], { origin, verified }: DefineOptions = {}): readonly Pattern[] {
  const unknown = patterns.filter((pattern) => !verified?.has(pattern));
  if (unknown.length === 0) return patterns;
  const within = createDeadline();
  for (const pattern of unknown) {
    const fault = faultOf(pattern, within);
    if (fault)
      throw new SynesisError("PATTERNS_INVALID", `${origin === undefined ? "" : `${origin}: `}the pattern "${pattern.name}": ${fault}.`);
  }
  verified?.add(unknown);
  return patterns;
}

function faultOf(pattern: Pattern, within: Deadline): string | undefined {
  if (typeof pattern.type !== "string" || !isTypeName(pattern.type))
    return "its type cannot be the name of a token (capitals and digits in up to four parts joined by underscores)";
  if (pattern.type === RESERVED_TYPE) return `its type ${RESERVED_TYPE} stands for text that merely looks like a token`;
  if (pattern.matches.length === 0) return "it has no example of what it finds";
  if (pattern.check !== undefined && !Object.hasOwn(CHECKS, pattern.check))
    return `there is no check ${pattern.check}; there are ${Object.keys(CHECKS).join(", ")}`;
  let scan: Scanner;
  try {
    new RegExp(pattern.pattern, pattern.flags); // a scanner compiles it at its first try only
    scan = createScanner([pattern]);
  } catch {
    return "its expression is not valid";
  }
  return exampleFault(pattern, scan, within) ?? slowness(pattern, scan, within);
}

function exampleFault({ matches, misses }: Pattern, scan: Scanner, within: Deadline): string | undefined {
  const found = within(MAX_EXAMPLES_MS, () => ({
    missed: matches.findIndex((text) => scan(text).length === 0),
    taken: misses.findIndex((text) => scan(text).length > 0),
  }));
  if (!found) return "it takes too long for its own examples";
  if (found.missed >= 0) return `it does not find its example ${found.missed + 1}`;
  return found.taken >= 0 ? `it takes its counter-example ${found.taken + 1}` : undefined;
}

function slowness(pattern: Pattern, scan: Scanner, within: Deadline): string | undefined {
  for (const texts of [hostileTexts(HOSTILE_LENGTH), attacksOn(pattern, HOSTILE_LENGTH)]) {
    const slow = firstSlow(texts, scan, within);
    if (slow) return `it takes too long for ${slow.name}; bound its repetitions, and let no two of them take the same characters`;
  }
  return undefined;
}

/** The first text for which three runs in a row do not finish in time: one alone may be the machine's fault. */
function firstSlow(texts: Iterable<HostileText>, scan: Scanner, within: Deadline): HostileText | undefined {
  for (const entry of texts) if ([1, 2, 3].every(() => within(MAX_HOSTILE_MS, () => scan(entry.text)) === undefined)) return entry;
  return undefined;
}
