import type { CouncilRules, Verdict, Vote } from "../../kernel/index.ts";

/**
 * Score = Σ weight × approval / Σ weight, agreed at the threshold or above. Any veto means not agreed; of several, the
 * heaviest agent's is named. With no weight at all the score is 0.
 */
export function weightedVerdict(votes: readonly Vote[], { threshold }: CouncilRules): Verdict {
  // Summed in one order whatever order the votes came in: floating-point sums depend on it.
  const ordered = [...votes].sort((a, b) => a.weight - b.weight || a.approval - b.approval);
  const weight = sum(ordered.map((vote) => vote.weight));
  const score = weight > 0 ? Math.min(1, sum(ordered.map((vote) => vote.weight * vote.approval)) / weight) : 0;
  const against = ordered.findLast(({ veto }) => veto);
  if (against?.veto) return { agreed: false, score, veto: { ...against.veto, agent: against.agent } };
  return { agreed: votes.length > 0 && score >= threshold, score };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
