import type { CouncilRules, Verdict, Vote } from "../../kernel/index.ts";

/** The agent that drafts. */
const DRAFTER = "logos";

/**
 * The best of k drafts by one agent's own opinion: Logos drafts once a round, and of the drafts that reach the threshold
 * the one that Logos thinks best is taken. The others can only veto.
 */
export function bestOf(votes: readonly Vote[], { threshold }: CouncilRules): Verdict {
  const score = votes.find(({ agent }) => agent === DRAFTER)?.approval ?? 0;
  return { agreed: score >= threshold, score, more: true };
}
