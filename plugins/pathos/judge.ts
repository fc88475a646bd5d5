import type { Ballot, Brief } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { doubtsOf } from "./doubts.ts";
import { fulfilment } from "./fulfilment.ts";
import weights from "./weights.json" with { type: "json" };

/** An approval below this is said to be doubtful. */
const UNSURE = 0.7;

/** Judges whether the draft gives what was asked for, and says what makes any answer doubtful. */
export function judge(brief: Brief<string>): Ballot<string> {
  const question = readQuestion(brief.question);
  const features = fulfilment(question, brief);
  const doubts = doubtsOf(brief);
  const approval = doubts.reduce((left, { share }) => left * share, probability(weights, features));
  const missed = features["ofKind"] === 0 ? [MISSING[question.expects] ?? "It may not be the kind of answer that was asked for."] : [];
  const objections = [...missed, ...doubts.flatMap(({ objection = [] }) => objection)];
  const warnings = doubts.flatMap(({ warning = [] }) => warning);
  const fits = approval < UNSURE ? "It may not give what was asked for." : "It gives the kind of answer that was asked for.";
  return {
    approval,
    reason: objections[0] ?? warnings[0]?.text ?? fits,
    ...(objections.length > 0 && { objections }),
    ...(warnings.length > 0 && { warnings }),
  };
}

const MISSING = {
  person: "It names no person or group beyond the question.",
  place: "It names no place beyond the question.",
  date: "It gives no date.",
  number: "It gives no number.",
  reason: "It gives no reason.",
  steps: "It gives no steps.",
  "yes-no": undefined,
  anything: undefined,
};
