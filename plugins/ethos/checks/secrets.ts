import type { Finding, Trial } from "./finding.ts";

/** Kinds of token whose value opens something: whoever reads over a shoulder could use it. */
const SECRETS: ReadonlySet<string> = new Set(
  "API_KEY PASSWORD SECRET PRIVATE_KEY AUTHORIZATION CONNECTION_STRING JWT SEED_PHRASE PIN SECRET_HEADER SESSION_ID COOKIE URL_CREDENTIALS".split(
    " ",
  ),
);

/**
 * Warns where the answer shows a secret that the question did not hold. It is shown all the same: it is the user's own
 * file on the user's own machine, and may be what was asked for.
 */
export function secrets({ brief, answer }: Trial): Finding[] {
  const kinds = brief.passages.flatMap(({ text, entities }) =>
    entities.flatMap(({ type, start, end }) => {
      const value = text.slice(start, end);
      return SECRETS.has(type) && answer.includes(value) && !brief.question.includes(value) ? [type] : [];
    }),
  );
  return [...new Set(kinds)].map((type) => ({
    warning: {
      text: `The answer shows a secret from your files (${type.toLowerCase().replaceAll("_", " ")}): mind who sees it before you copy or share it.`,
    },
  }));
}
