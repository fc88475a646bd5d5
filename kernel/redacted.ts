/**
 * The type of text that may leave the machine, and the only function that makes it.
 *
 * `Redacted` is a string with a brand that no other file may apply (a test looks for that). Everything below
 * that returns `Redacted` either minted it here or cut and joined pieces that already were.
 */
import { resolveOverlaps } from "./spans.ts";
import { findTokens, formatToken } from "./token-format.ts";
import type { Span, TokenSession } from "./types.ts";

/** The kind of token that stands for text which merely looked like a token. */
const LITERAL = "LITERAL";

declare const brand: unique symbol;

/** Text in which every detected value has become a token. */
export type Redacted = string & { readonly [brand]: "Redacted" };

/** One replaced value: where it stood in the raw text, and where its token stands in the redacted text. */
export interface TokenSpan {
  readonly type: string;
  readonly token: string;
  /** Range in the raw text, UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Start of the token in the redacted text. */
  readonly at: number;
}

/** Redacted text together with what was replaced, in order of position. */
export interface Redaction {
  readonly text: Redacted;
  readonly entities: readonly TokenSpan[];
}

/**
 * Replaces every span of `raw` with a token of `session`. `types` are the kinds of token that detectors have declared;
 * a span of another kind is a fault and throws.
 *
 * Overlapping spans are settled first (priority, then length). Text that already reads as a token of this
 * session is itself replaced, so that giving values back is exact for every input; a look-alike whose number was
 * never handed out is left as it is and its number is set aside.
 */
export function mint(raw: string, spans: readonly Span[], session: TokenSession, types: ReadonlySet<string>): Redaction {
  const undeclared = spans.find(({ type }) => !types.has(type));
  if (undeclared) throw new RangeError(`a span has the undeclared type ${String(undeclared.type)}`);
  const chosen = resolveOverlaps(raw.length, [...spans, ...lookAlikes(raw, session, types)]);
  const numbers = session.assign(chosen.map(({ type, start, end }) => ({ type, value: raw.slice(start, end) })));
  const entities: TokenSpan[] = [];
  let text = "";
  let from = 0;
  for (const [i, { start, end, type }] of chosen.entries()) {
    text += raw.slice(from, start);
    const token = formatToken(type, numbers[i] as number);
    entities.push({ type, token, start, end, at: text.length });
    text += token;
    from = end;
  }
  return { text: (text + raw.slice(from)) as Redacted, entities };
}

/** Spans of text that would be taken for a token of this session when values are given back. */
function lookAlikes(raw: string, session: TokenSession, types: ReadonlySet<string>): Span[] {
  return findTokens(raw)
    .filter(({ type, number }) => (types.has(type) || type === LITERAL) && !session.reserve(type, number))
    .map(({ start, end }) => ({ start, end, type: LITERAL, priority: Number.POSITIVE_INFINITY }));
}

/** A piece of redacted text; may cut a token, never uncover one. */
export function sliceRedacted(text: Redacted, start: number, end?: number): Redacted {
  return text.slice(start, end) as Redacted;
}

/** Redacted text built from pieces that are redacted, numbers, or constants of the program (the literal parts). */
export function redacted(constants: TemplateStringsArray, ...values: readonly (Redacted | number)[]): Redacted {
  return constants.map((constant, i) => constant + (values[i] ?? "")).join("") as Redacted;
}

/** Joins redacted pieces with a constant separator. */
export function joinRedacted(pieces: readonly Redacted[], separator: " " | "\n" | "\n\n" | "; "): Redacted {
  return pieces.join(separator) as Redacted;
}

/**
 * The offset in the raw text that belongs to an offset in the redacted text. Inside a token the token's own start is
 * given, or its end when `edge` is "end".
 */
export function rawOffset(entities: readonly TokenSpan[], offset: number, edge: "start" | "end" = "start"): number {
  let shift = 0;
  for (const { start, end, at, token } of entities) {
    if (offset <= at) break;
    if (offset < at + token.length) return edge === "start" ? start : end;
    shift = end - (at + token.length);
  }
  return offset + shift;
}
