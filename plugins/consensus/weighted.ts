import type { CouncilRules, Verdict, Vote } from "../../kernel/index.ts";
import { sum } from "./verdict.ts";

/** Score = Σ weight × approval / Σ weight, agreed at the threshold or above. With no weight at all the score is 0. */
export function weighted(votes: readonly Vote[], { threshold }: CouncilRules): Verdict {
  const weight = sum(votes.map((vote) => vote.weight));
  const score = weight > 0 ? Math.min(1, sum(votes.map((vote) => vote.weight * vote.approval)) / weight) : 0;
  return { agreed: score >= threshold, score };
}
