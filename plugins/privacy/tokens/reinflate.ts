import { findTokens, type TokenSession, unfinishedToken } from "../../../kernel/index.ts";
import { JsonPlace } from "./json-place.ts";

type Values = Pick<TokenSession, "valueOf">;

export interface ReinflateOptions {
  /** The text is JSON, such as the arguments of a tool call: values inside strings are escaped as JSON wants it. */
  readonly json?: boolean;
}

/** `text` with the value of `session` in the place of each of its tokens; tokens that it never handed out stay. */
export function reinflate(text: string, session: Values, { json = false }: ReinflateOptions = {}): string {
  return restore(text, session, json ? new JsonPlace() : undefined);
}

/** Gives values back in a text that comes in pieces, wherever these cut a token. */
export interface StreamReinflator {
  /** What can be shown now that `piece` has come. */
  push(piece: string): string;
  /** What is left at the end. */
  end(): string;
}

/** Pieces together give what `reinflate` gives for the whole text. */
export function createStreamReinflator(session: Values, { json = false }: ReinflateOptions = {}): StreamReinflator {
  const place = json ? new JsonPlace() : undefined;
  let held = "";
  let before = ""; // the last character given out: what stands before a token tells whether it is one
  const release = (upTo: number) => {
    const ready = held.slice(0, upTo);
    const shown = restore(before + ready, session, place, before.length);
    held = held.slice(upTo);
    if (ready !== "") before = endsQuoted(before + ready) ? "" : ready.slice(-1);
    return shown;
  };
  return {
    push(piece) {
      held += piece;
      return release(Math.max(0, unfinishedToken(before + held) - before.length));
    },
    end: () => release(held.length),
  };
}

/** Whether the text ends with a token's own quotation mark, which is not there for the next one. */
function endsQuoted(text: string): boolean {
  if (!text.endsWith('"') || !text.includes("#")) return false;
  const last = findTokens(text).at(-1);
  return last?.quote !== undefined && last.end === text.length;
}

/** @param from where the part of the text begins that is to be given; what stands before it is context. */
function restore(text: string, session: Values, place: JsonPlace | undefined, from = 0): string {
  let out = "";
  let at = from;
  const copy = (to: number) => {
    const plain = text.slice(at, to);
    place?.pass(plain);
    out += plain;
  };
  for (const { start, end, type, number } of findTokens(text)) {
    const value = start < from ? undefined : session.valueOf(type, number);
    if (value === undefined) continue;
    copy(start);
    out += place ? place.escape(value) : value;
    at = end;
  }
  copy(text.length);
  return out;
}
