/** A detector as data: what third-party pattern packs and the built-in ones are made of. */
import type { CheckName } from "./checks.ts";

export interface Pattern {
  /** Kind of value, as it will stand in the token. */
  readonly type: string;
  /** What it finds, for people. */
  readonly name: string;
  /** Source of a regular expression; the group `value`, or else all of it, is what is hidden. */
  readonly pattern: string;
  /** Flags besides those that the scanner sets: "i", "u". */
  readonly flags?: string;
  /** What a match must also satisfy. */
  readonly check?: CheckName;
  /** Decides between overlapping spans; 0 when absent. */
  readonly priority?: number;
  /** Texts in which it finds something, and in which it must find nothing. */
  readonly matches: readonly string[];
  readonly misses: readonly string[];
}
