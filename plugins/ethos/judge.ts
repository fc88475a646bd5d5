import type { Ballot, Brief } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { support } from "./support.ts";
import weights from "./weights.json" with { type: "json" };

/** Judges whether the sources support the draft as an answer to this question. */
export function judge(brief: Brief<string>): Ballot<string> {
  const { features, missing } = support(brief);
  const approval = probability(weights, features);
  if (missing.length === 0) return { approval, reason: `The source speaks of everything in the question.` };
  const words = missing.slice(0, 3).map(({ start, end }) => brief.question.slice(start, end));
  const reason = `The source does not mention: ${words.join("; ")}.`;
  return { approval, reason, objections: [reason] };
}
