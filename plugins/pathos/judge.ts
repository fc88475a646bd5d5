import { type Ballot, type Brief, redacted, sliceRedacted } from "../../kernel/index.ts";
import { answersInKind } from "../../pipeline/text/answer-type.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";
import weights from "./weights.json" with { type: "json" };

/** Judges whether the draft gives the kind of thing that was asked for. */
export function judge(brief: Brief): Ballot {
  const question = readQuestion(brief.question);
  const features = intentFeatures(question, brief);
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

export function intentFeatures(question: QuestionReading, { draft, passages }: Brief): Record<string, number> {
  const quoted = (draft?.quotes ?? []).map(({ passage, start, end }) => {
    const source = passages[passage];
    return source ? sliceRedacted(source.text, start, end) : redacted``;
  });
  const [first = redacted``] = quoted;
  return {
    ofKind: Math.max(0, ...quoted.map((text) => answersInKind(question, text))),
    firstOfKind: answersInKind(question, first),
    vague: question.content.length <= 1 ? 1 : 0,
  };
}
