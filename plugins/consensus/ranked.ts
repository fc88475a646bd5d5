import type { CouncilRules, Verdict, Vote } from "../../kernel/index.ts";
import { sum } from "./verdict.ts";

/**
 * Ranks the approvals and takes the one in the middle by weight (the lower weighted median), agreed at the threshold or
 * above: agents with less than half of the weight cannot move it beyond the others, however extreme they are.
 */
export function ranked(votes: readonly Vote[], { threshold }: CouncilRules): Verdict {
  const byApproval = [...votes].sort((a, b) => a.approval - b.approval);
  const half = sum(byApproval.map(({ weight }) => weight)) / 2;
  const middle = half > 0 ? byApproval.find((_, at) => sum(byApproval.slice(0, at + 1).map(({ weight }) => weight)) >= half) : undefined;
  const score = middle?.approval ?? 0;
  return { agreed: score >= threshold, score };
}
