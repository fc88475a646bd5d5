/** A detector as data: what third-party pattern packs and the built-in ones are made of. */
import type { CheckName } from "./checks.ts";

/**
 * What stands around an anchor: "quoted", behind the rest of its name a sign of assignment and a quotation mark; "bare", a
 * sign of assignment and at least three characters of a value without quotation marks; "element", before its name `<`;
 * "digit", within 48 characters behind it a digit; "mail", on both sides of `@` what may stand there; "login", before
 * white space or a quotation mark an `@`; "account", the same before a stroke; "hexadecimal", around it hexadecimal digits and colons that are no part of a word;
 * "undated", no date with the year first.
 */
export type GateName = "quoted" | "bare" | "element" | "digit" | "mail" | "login" | "account" | "hexadecimal" | "undated";

export interface Following {
  /** Characters (of a regular expression's class) of ASCII. */
  readonly of: string;
  readonly least: number;
  /** How many characters may stand between the anchor and them; 0 when absent. */
  readonly within?: number;
}

export interface Pattern {
  /** Kind of value, as it will stand in the token. */
  readonly type: string;
  /** What it finds, for people. */
  readonly name: string;
  /**
   * Where a match may begin, so that the expression is tried there only: at one of these literals (Latin-1; `#` stands
   * for any digit, `^` for any capital, `%` for a hexadecimal digit, `&` for a letter or digit of ASCII, a backslash before one of them for itself; one that starts with a letter or digit must, unless there is `back`, stand at the
   * start of a word or of a part of an identifier), or, for "digits", where a group of digits begins. Absent: the expression is run over the
   * whole text, which is slower.
   */
  readonly anchor?: readonly string[] | "digits";
  /** With the anchor "digits": how many digits the run of groups with one separator has, at least and at most. */
  readonly digits?: readonly [min: number, max: number];
  /** With the anchor "digits": how many digits its first group has. */
  readonly first?: readonly [min: number, max: number];
  /** With the anchor "digits": what may separate the groups; "" where there is one group only. Absent: anything. */
  readonly separators?: readonly ("" | " " | "-" | ".")[];
  /** Characters (of a regular expression's class) before the anchor that belong to the match; up to 64 are taken. Empty: none, and the anchor may stand inside a word. */
  readonly back?: string;
  /**
   * Source of a regular expression, matched from where the anchor (with what `back` took) begins; the group `value`, or
   * else all of it, is what is hidden. Bound every repetition: a pattern must finish in time linear in the text.
   */
  readonly pattern: string;
  /** Flags besides those that the scanner sets: "i", "u", "s". */
  readonly flags?: string;
  /** A cheap condition that every match satisfies, looked at before the expression is tried. */
  readonly gate?: GateName;
  /** A condition of the same sort: so many characters of a class in a row stand behind the anchor. */
  readonly followed?: Following;
  /** With the anchor "digits": small letters with one of which, in either case, goes on what follows the digits and signs. */
  readonly before?: readonly string[];
  /** Lower-case words one of which, at the start of a word, must stand within 64 characters before the value. */
  readonly context?: readonly string[];
  /** What the value must also satisfy. */
  readonly check?: CheckName;
  /** Decides between overlapping spans; 0 when absent. */
  readonly priority?: number;
  /** Texts in which it finds something, and in which it must find nothing. */
  readonly matches: readonly string[];
  readonly misses: readonly string[];
}
