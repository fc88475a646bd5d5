import type { Ballot, Brief } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { rankSentences } from "./rank.ts";
import ranking from "./ranking.json" with { type: "json" };
import weights from "./weights.json" with { type: "json" };

/** Below this share of the question's words in the quoted sentence, Logos says what is missing. */
const THIN = 0.5;

/** Judges how well the draft's first sentence fits the question, and how sure the choice was among all sentences. */
export function judge(brief: Brief<string>): Ballot<string> {
  const features = fitness(brief);
  const approval = probability(weights, features);
  if ((features["overlap"] ?? 0) >= THIN) return { approval, reason: `The quoted sentence speaks of what was asked.` };
  const reason = `The quoted sentence has few of the question's words.`;
  return { approval, reason, objections: [reason] };
}

export function fitness({ question, passages, draft }: Brief<string>): Readonly<Record<string, number>> {
  const ranked = rankSentences(readQuestion(question), passages);
  const quoted = (draft?.quotes ?? []).flatMap(
    ({ passage, start }) => ranked.find(({ sentence }) => sentence.passage === passage && sentence.start === start) ?? [],
  );
  const [first] = quoted;
  if (!first) return {};
  const top = ranked[0]?.score ?? 0;
  const likely = ranked.reduce((sum, { score }) => sum + Math.exp(score - top), 0);
  return {
    ...Object.fromEntries(Object.entries(first.features).filter(([name]) => !ranking.byHand.includes(name))),
    share: quoted.reduce((sum, { score }) => sum + Math.exp(score - top), 0) / likely,
    agreeing: quoted.filter(({ sentence }) => sentence.passage === first.sentence.passage).length / Math.max(1, quoted.length),
  };
}
