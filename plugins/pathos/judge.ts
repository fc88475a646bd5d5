import type { Ballot, Brief } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { fulfilment } from "./fulfilment.ts";
import weights from "./weights.json" with { type: "json" };

/** Judges whether the draft gives what was asked for. */
export function judge(brief: Brief<string>): Ballot<string> {
  const question = readQuestion(brief.question);
  const features = fulfilment(question, brief);
  const approval = probability(weights, features);
  if (features["ofKind"] !== 0) return { approval, reason: `It gives the kind of answer that was asked for.` };
  const reason = MISSING[question.expects] ?? `It may not be the kind of answer that was asked for.`;
  return { approval, reason, objections: [reason] };
}

const MISSING = {
  person: `It names no person or group beyond the question.`,
  place: `It names no place beyond the question.`,
  date: `It gives no date.`,
  number: `It gives no number.`,
  reason: `It gives no reason.`,
  steps: `It gives no steps.`,
  "yes-no": undefined,
  anything: undefined,
};
