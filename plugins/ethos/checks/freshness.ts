import type { Finding, Trial } from "./finding.ts";
import { type Clock, writtenDate } from "./source-date.ts";

/** A question about how things are now. */
const NOW = /\b(?:current|currently|latest|newest|now|nowadays|today|most recent|up[- ]to[- ]date|this (?:year|month|week))\b/i;

/** A source older than this says little about now. */
const OLD_MS = 365.25 * 24 * 3600 * 1000;

/** Warns where a question about the present is answered from a source that gives itself a date long ago. */
export function freshness({ brief }: Trial, clock: Clock): Finding[] {
  if (!NOW.test(brief.question)) return [];
  const [quote] = brief.draft?.quotes ?? [];
  const passage = brief.passages[quote?.passage ?? -1];
  const written = passage && writtenDate(passage);
  if (!quote || written === undefined || clock.now() - written < OLD_MS) return [];
  const when = new Date(written).toISOString().slice(0, 7);
  return [{ warning: { text: `You ask how things are now, and the source is of ${when}; it may no longer hold.`, quotes: [quote] } }];
}
