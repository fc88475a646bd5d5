/** A conversation that the cloud remembers: bounded, expiring, of redacted text only. */

import { services } from "../../../plugins/privacy/patterns/services.ts";
import { createScanner, type Scanner } from "../../../plugins/privacy/scan/scanner.ts";

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

let scan: Scanner | undefined;

/**
 * Whether a text cannot be redacted, since it holds a secret that is known by its own form. What this does not find may
 * still be raw: redacting is the client's, with all patterns and the session's tokens.
 */
export function holdsSecret(text: string): boolean {
  scan ??= createScanner(services.filter(({ context }) => context === undefined));
  return scan(text).length > 0;
}
