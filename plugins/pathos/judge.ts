import { type Ballot, type Brief, redacted } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { fulfilment } from "./fulfilment.ts";
import weights from "./weights.json" with { type: "json" };

/** Judges whether the draft gives what was asked for. */
export function judge(brief: Brief): Ballot {
  const question = readQuestion(brief.question);
  const features = fulfilment(question, brief);
  const approval = probability(weights, features);
  if (features["ofKind"] !== 0) return { approval, reason: redacted`It gives the kind of answer that was asked for.` };
  const reason = MISSING[question.expects] ?? redacted`It may not be the kind of answer that was asked for.`;
  return { approval, reason, objections: [reason] };
}

const MISSING = {
  person: redacted`It names no person or group beyond the question.`,
  place: redacted`It names no place beyond the question.`,
  date: redacted`It gives no date.`,
  number: redacted`It gives no number.`,
  reason: redacted`It gives no reason.`,
  steps: redacted`It gives no steps.`,
  "yes-no": undefined,
  anything: undefined,
};
