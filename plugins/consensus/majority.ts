import type { CouncilRules, Verdict, Vote } from "../../kernel/index.ts";

/** One agent, one vote: score = the share of agents whose approval reaches the threshold, agreed when that is more than half. */
export function majority(votes: readonly Vote[], { threshold }: CouncilRules): Verdict {
  const score = votes.filter(({ approval }) => approval >= threshold).length / votes.length;
  return { agreed: score > 0.5, score };
}
