import type { Ballot, Brief } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { unsupportedClaim } from "./claims.ts";
import { support } from "./support.ts";
import weights from "./weights.json" with { type: "json" };

/** An approval below this is said to be doubtful. */
const UNSURE = 0.7;

/** Judges whether the sources support the draft as an answer to this question. */
export function judge(brief: Brief<string>): Ballot<string> {
  const fault = unsupportedClaim(brief);
  if (fault !== undefined) return { approval: 0, reason: fault, objections: [fault] };
  const { features, missing } = support(brief);
  const approval = probability(weights, features);
  if (missing.length === 0)
    return {
      approval,
      reason: approval < UNSURE ? "The source may speak of something else." : "The source speaks of everything in the question.",
    };
  const words = missing.slice(0, 3).map(({ start, end }) => brief.question.slice(start, end));
  const reason = `The source does not mention: ${words.join("; ")}.`;
  return { approval, reason, objections: [reason] };
}
