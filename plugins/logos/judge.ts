import { type Ballot, type Brief, redacted } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { rankSentences } from "./rank.ts";
import weights from "./weights.json" with { type: "json" };

/** Below this share of the question's words in the quoted sentence, Logos says what is missing. */
const THIN = 0.5;

/** Judges how well the draft's first sentence fits the question, and how sure the choice was among all sentences. */
export function judge(brief: Brief): Ballot {
  const features = fitness(brief);
  const approval = probability(weights, features);
  if ((features["overlap"] ?? 0) >= THIN) return { approval, reason: redacted`The quoted sentence speaks of what was asked.` };
  const reason = redacted`The quoted sentence has few of the question's words.`;
  return { approval, reason, objections: [reason] };
}

export function fitness({ question, passages, draft }: Brief): Readonly<Record<string, number>> {
  const ranked = rankSentences(readQuestion(question), passages);
  const quoted = (draft?.quotes ?? []).flatMap(
    ({ passage, start }) => ranked.find(({ sentence }) => sentence.passage === passage && sentence.start === start) ?? [],
  );
  const [first] = quoted;
  if (!first) return {};
  const top = ranked[0]?.score ?? 0;
  const likely = ranked.reduce((sum, { score }) => sum + Math.exp(score - top), 0);
  const { headed: _, headedSteps: __, layout: ___, ...features } = first.features; // the fit knows no headings and tables
  return {
    ...features,
    share: quoted.reduce((sum, { score }) => sum + Math.exp(score - top), 0) / likely,
    agreeing: quoted.filter(({ sentence }) => sentence.passage === first.sentence.passage).length / Math.max(1, quoted.length),
  };
}
