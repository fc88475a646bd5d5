import type { CouncilRules, Verdict, Vote } from "../../kernel/index.ts";

/** What a way of counting makes of votes that hold no veto. There is at least one vote. */
export type Count = (votes: readonly Vote[], rules: CouncilRules) => Verdict;

/**
 * A verdict by one way of counting. Whatever that is: no votes agree to nothing, any veto means not agreed (of several,
 * the heaviest agent's is named), and the order in which the votes came changes nothing.
 */
export function verdictBy(count: Count): (votes: readonly Vote[], rules: CouncilRules) => Verdict {
  return (votes, rules) => {
    // One order whatever order they came in: floating-point sums depend on it.
    const ordered = [...votes].sort((a, b) => a.weight - b.weight || a.approval - b.approval);
    const verdict = ordered.length === 0 ? { agreed: false, score: 0 } : count(ordered, rules);
    const against = ordered.findLast(({ veto }) => veto);
    if (!against?.veto) return verdict;
    return { agreed: false, score: verdict.score, veto: { ...against.veto, agent: against.agent } };
  };
}

/** Adds up in the order given. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
