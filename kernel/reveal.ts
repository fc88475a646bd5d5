/**
 * For plugins that may see raw text: redacted text with its values back, and the way there again.
 *
 * Concealing needs no detector. Whatever such a plugin returns was made of text that came out of tokens, so the values
 * to hide are known: each whole, and each of its words alone, since a plugin may have cut one.
 */
import { mint, type Redacted, type TokenSpan } from "./redacted.ts";
import { findTokens, formatToken, type TokenPlace } from "./token-format.ts";
import type { Span, TokenSession } from "./types.ts";

/** Raw text, and where its values stand in it and in the redacted text. */
export interface Revealed {
  readonly raw: string;
  readonly entities: readonly TokenSpan[];
}

/** Puts the session's values back for the tokens that it wrote itself. */
export function reveal(text: Redacted, session: TokenSession): Revealed {
  const entities: TokenSpan[] = [];
  let raw = "";
  let from = 0;
  for (const place of findTokens(text)) {
    const token = text.slice(place.start, place.end);
    const value = isWritten(text, place) ? session.valueOf(place.type, place.number) : undefined;
    if (value === undefined) continue;
    raw += text.slice(from, place.start);
    entities.push({ type: place.type, token, start: raw.length, end: raw.length + value.length, at: place.start });
    raw += value;
    from = place.end;
  }
  return { raw: raw + text.slice(from), entities };
}

/**
 * Text of a model that was shown tokens, with the values of those tokens put back, and where they stand. A token that
 * was not shown is not the model's to use: it stays as it reads, and counts as any other text.
 */
export function revealShown(written: string, shown: readonly Redacted[], session: TokenSession): { raw: string; spans: Span[] } {
  const allowed = new Set(
    shown.flatMap((text) =>
      findTokens(text)
        .filter((place) => isWritten(text, place))
        .map(nameOf),
    ),
  );
  const spans: Span[] = [];
  let raw = "";
  let from = 0;
  for (const { start, end, type, number } of findTokens(written)) {
    const value = allowed.has(nameOf({ type, number })) ? session.valueOf(type, number) : undefined;
    if (value === undefined) continue;
    raw += written.slice(from, start);
    spans.push({ type, start: raw.length, end: raw.length + value.length, priority: Number.POSITIVE_INFINITY });
    raw += value;
    from = end;
  }
  return { raw: raw + written.slice(from), spans };
}

/** Whether a token reads as it was written, not as a model may have rewritten it. */
function isWritten(text: string, { start, end, type, number, quote }: TokenPlace): boolean {
  return text.slice(start, end) === formatToken(type, number, quote);
}

const nameOf = ({ type, number }: Pick<TokenPlace, "type" | "number">) => `${type} ${number}`;

/** Hides again, in text made of revealed texts, what was hidden in them. */
export class Concealer {
  /** Token type by value; the longest values come first. */
  readonly #types: readonly (readonly [value: string, type: string])[];
  readonly #session: TokenSession;
  readonly #tokenTypes: ReadonlySet<string>;

  constructor(revealed: readonly Revealed[], session: TokenSession, tokenTypes: ReadonlySet<string>) {
    const types = new Map<string, string>();
    for (const { raw, entities } of revealed) {
      for (const { type, start, end } of entities) {
        const value = raw.slice(start, end);
        types.set(value, type);
        for (const [word] of value.matchAll(/[\p{L}\p{N}]{3,}/gu)) if (!types.has(word)) types.set(word, type);
      }
    }
    this.#types = [...types].sort(([a], [b]) => b.length - a.length);
    this.#session = session;
    this.#tokenTypes = tokenTypes;
  }

  conceal(text: string): Redacted {
    const spans = this.#types.flatMap(([value, type]) =>
      occurrences(text, value).map((start): Span => ({ start, end: start + value.length, type })),
    );
    return mint(text, spans, this.#session, this.#tokenTypes).text;
  }
}

/** Where `value` stands in `text` as a whole: not inside a longer word. */
function occurrences(text: string, value: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
    if (!(joins(value.at(0)) && joins(text[at - 1])) && !(joins(value.at(-1)) && joins(text[at + value.length]))) found.push(at);
  return found;
}

function joins(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
