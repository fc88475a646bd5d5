/** Names behind escapes: `Anna%20Berg`, and the first word of a line in a string of JSON, `\nAnna Berg`. */
import type { Span } from "../../../kernel/index.ts";
import { addDisguised } from "../scan/plain-views.ts";
import { ALL_SIGNS } from "../scan/signs.ts";

/** What a disguise is written with, other than letters that look alike: whole texts are written in those. */
const WRITTEN = /[%\\&=+\u00a0\u00ad\u200b-\u200f\u2060\ufeff\uff01-\uff5e]/;
/** The longest escape that may end where a name begins, `\u{0020}`. */
const BEFORE = 8;

/** Adds to `spans` the names that stand in `text` only when it is read without its disguises, with the disguises within. */
export function addDisguisedNames(text: string, names: (plain: string) => readonly Span[], spans: Span[]): void {
  const all = [...spans];
  addDisguised(text, ALL_SIGNS, names, all);
  const found = all.slice(spans.length).filter(({ start, end }) => WRITTEN.test(text.slice(Math.max(0, start - BEFORE), end)));
  spans.push(...found.filter(({ start, end }) => !spans.some((span) => span.start <= start && span.end >= end)));
}
