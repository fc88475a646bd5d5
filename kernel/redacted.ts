/**
 * The type of text that may leave the machine, and the only function that makes it.
 *
 * `Redacted` is a string with a brand that no other file may apply (a test looks for that). Everything below
 * that returns `Redacted` either minted it here or cut and joined pieces that already were.
 */
import { quoteForNumber } from "./json-number.ts";
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

/** Look-alikes of one text that are set aside at most; more are replaced, so that hostile text costs one transaction. */
const MAX_RESERVED = 32;

/** Rounds of settling what reads as a token; then the whole text becomes one token. */
const MAX_ROUNDS = 8;

/**
 * Replaces every span of `raw` with a token of `session`. `types` are the kinds of token that detectors have declared;
 * a span of another kind is a fault and throws.
 *
 * Overlapping spans are settled first (priority, then length). Text that already reads as a token of this
 * session is itself replaced, so that giving values back is exact for every input; a look-alike whose number was
 * never handed out is left as it is and its number is set aside.
 */
export function mint(raw: string, spans: readonly Span[], session: TokenSession, types: ReadonlySet<string>): Redaction {
  // What already was set aside as a look-alike comes back as one, in what a model wrote or an agent returned.
  for (const { type } of spans)
    if (type !== LITERAL && !types.has(type)) throw new RangeError(`a span has the undeclared type ${String(type)}`);
  let literals = lookAlikes(raw, session, types);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { redaction, touchy } = replace(raw, resolveOverlaps(raw, literals.length === 0 ? spans : [...spans, ...literals]), session);
    const strays = touchy ? misread(redaction, session) : [];
    if (strays.length === 0) return redaction;
    literals = [...literals, ...strays];
  }
  return replace(raw, [literal(0, raw.length)], session).redaction;
}

/** `raw` with tokens in the place of disjoint spans, in order, and whether one of the tokens may read anew with what stands beside it. */
function replace(raw: string, spans: readonly Span[], session: TokenSession): { redaction: Redaction; touchy: boolean } {
  const values: { type: string; value: string }[] = [];
  for (let i = 0; i < spans.length; i++) {
    const { type, start, end } = spans[i] as Span;
    values.push({ type, value: raw.slice(start, end) });
  }
  const numbers = session.assign(values);
  const entities: TokenSpan[] = [];
  let text = "";
  let from = 0;
  let touchy = false;
  for (let i = 0; i < spans.length; i++) {
    const { start, end, type } = spans[i] as Span;
    const quote = type === LITERAL ? undefined : quoteForNumber(raw, start, end);
    const token = formatToken(type, numbers[i] as number, quote);
    const at = text.length + start - from;
    touchy ||= quote !== undefined || isTouched(raw, start, end); // quotation marks of its own are looked at again
    entities.push({ type, token, start, end, at });
    text += raw.slice(from, start) + token;
    from = end;
  }
  return { redaction: { text: (text + raw.slice(from)) as Redacted, entities }, touchy };
}

/** Spans of text that would be taken for a token of this session when values are given back. */
function lookAlikes(raw: string, session: TokenSession, types: ReadonlySet<string>): Span[] {
  const places = findTokens(raw);
  if (places.length === 0) return [];
  const reserved = new Set<string>();
  const stays = (type: string, number: number) => {
    if (!types.has(type) && type !== LITERAL) return session.valueOf(type, number) === undefined;
    const token = formatToken(type, number);
    if (reserved.has(token)) return true;
    if (reserved.size >= MAX_RESERVED || !session.reserve(type, number)) return false;
    reserved.add(token);
    return true;
  };
  return places.filter(({ type, number }) => !stays(type, number)).map(({ start, end }) => literal(start, end));
}

// No reading of a token reaches over another's square bracket. So only what touches a token can be read anew: a backslash
// that it would take in, quotation marks, and a token without brackets that ends or begins at it, which a letter used to continue.
const BACKSLASH = 92;

/** Whether what stands beside a value in the raw text touches its token so; a value beside it is taken for text, which is safe. */
function isTouched(raw: string, start: number, end: number): boolean {
  const before = raw.charCodeAt(start - 1);
  const after = raw.charCodeAt(end);
  return before === BACKSLASH || (before >= 48 && before <= 57) || (after >= 65 && after <= 90);
}

/**
 * Stretches of raw text that, with tokens beside or between them, have come to read as something else: a token that
 * takes in a character of its neighbourhood, or two pieces that together look like a token of this session.
 */
function misread({ text, entities }: Redaction, session: TokenSession): Span[] {
  const strays: Span[] = [];
  let next = 0;
  for (const place of findTokens(text)) {
    while (next < entities.length && tokenEnd(entities[next]) <= place.start) next++;
    const entity = entities[next];
    if (entity?.at === place.start && tokenEnd(entity) === place.end) continue;
    const touches = entity !== undefined && entity.at < place.end;
    if (touches || session.valueOf(place.type, place.number) !== undefined)
      strays.push(literal(rawOffset(entities, place.start), rawOffset(entities, place.end, "end")));
  }
  return strays;
}

function tokenEnd(entity: TokenSpan | undefined): number {
  return entity ? entity.at + entity.token.length : 0;
}

function literal(start: number, end: number): Span {
  return { start, end, type: LITERAL, priority: Number.POSITIVE_INFINITY };
}

/** A piece of redacted text; may cut a token, never uncover one. */
export function sliceRedacted(text: Redacted, start: number, end?: number): Redacted {
  return text.slice(start, end) as Redacted;
}

/** Redacted text built from pieces that are redacted, numbers, or constants of the program (the literal parts). */
export function redacted(constants: TemplateStringsArray, ...values: readonly (Redacted | number)[]): Redacted {
  return constants.map((constant, i) => constant + (values[i] ?? "")).join("") as Redacted;
}

/**
 * A text that ships with the program, such as a prompt: it holds nobody's values. Takes nothing but a text file's import
 * (a test looks for that).
 */
export function programText(file: string): Redacted {
  return file as Redacted;
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

/** The other way: the offset in the redacted text that belongs to one in the raw text; a token is never cut. */
export function redactedOffset(entities: readonly TokenSpan[], offset: number, edge: "start" | "end" = "start"): number {
  let shift = 0;
  for (const { start, end, at, token } of entities) {
    if (offset <= start) break;
    if (offset < end) return edge === "start" ? at : at + token.length;
    shift = at + token.length - end;
  }
  return offset + shift;
}
