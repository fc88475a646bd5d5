import { type Ballot, type Brief, joinRedacted, redacted, sliceRedacted } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { support } from "./support.ts";
import weights from "./weights.json" with { type: "json" };

/** Judges whether the sources support the draft as an answer to this question. */
export function judge(brief: Brief): Ballot {
  const { features, missing } = support(brief);
  const approval = probability(weights, features);
  if (missing.length === 0) return { approval, reason: redacted`The source speaks of everything in the question.` };
  const words = missing.slice(0, 3).map(({ start, end }) => sliceRedacted(brief.question, start, end));
  const reason = redacted`The source does not mention: ${joinRedacted(words, "; ")}.`;
  return { approval, reason, objections: [reason] };
}
