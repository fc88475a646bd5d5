/** A conversation that the cloud remembers: bounded, expiring, of redacted text only. */

import { services } from "../../../plugins/privacy/patterns/services.ts";
import { anchorSource } from "../../../plugins/privacy/scan/anchors.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** Turns, and characters of all of them, that a session keeps; the oldest go first. */
export const MAX_TURNS = 100;
export const MAX_CHARACTERS = 200_000;
/** How long a session is kept after its last change. */
export const SESSION_MS = 24 * 60 * 60_000;

/** The turns that stay when some are added. */
export function withTurns(turns: readonly Turn[], more: readonly Turn[]): Turn[] {
  const kept = [...turns, ...more].slice(-MAX_TURNS);
  let characters = 0;
  const first = kept.findLastIndex(({ content }) => {
    characters += content.length;
    return characters > MAX_CHARACTERS;
  });
  return kept.slice(first + 1);
}

let secrets: readonly RegExp[] | undefined;

/**
 * Whether a text cannot be redacted, since it holds a key that is known by its own form. What this does not find may still
 * be raw: redacting is the client's, with all patterns and the session's tokens. The patterns are tried one by one, since
 * the scanner compiles code, which a Worker refuses.
 */
export function holdsSecret(text: string): boolean {
  secrets ??= services
    .filter(({ context, back, check, digits }) => !context && !back && !check && !digits)
    .map(({ pattern, anchor, back, flags = "" }) => {
      const begins = back === undefined ? "(?<![A-Za-z0-9])" : "";
      return new RegExp(`${begins}${beginning(anchor)}(?:${pattern})`, flags);
    });
  return secrets.some((secret) => secret.test(text));
}

/** A pattern may leave it to its anchor to say what it begins with. */
function beginning(anchor: (typeof services)[number]["anchor"]): string {
  return Array.isArray(anchor) ? `(?=${anchor.map(anchorSource).join("|")})` : "";
}
