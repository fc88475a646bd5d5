import { type Ballot, type Brief, redacted } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { rankSentences } from "./rank.ts";
import weights from "./weights.json" with { type: "json" };

/** Below this share of the question's words in the quoted sentence, Logos says what is missing. */
const THIN = 0.5;

/** Judges how well the draft's first sentence fits the question, and how far it is ahead of its rivals. */
export function judge(brief: Brief): Ballot {
  const features = fitFeatures(brief);
  const approval = probability(weights, features);
  if ((features["overlap"] ?? 0) >= THIN) return { approval, reason: redacted`The quoted sentence speaks of what was asked.` };
  const reason = redacted`The quoted sentence has few of the question's words.`;
  return { approval, reason, objections: [reason] };
}

export function fitFeatures({ question, passages, draft }: Brief): Record<string, number> {
  const ranked = rankSentences(readQuestion(question), passages);
  const [quote] = draft?.quotes ?? [];
  const quoted = ranked.find(({ sentence }) => sentence.passage === quote?.passage && sentence.start === quote.start);
  if (!quoted) return {};
  const rival = ranked.find((candidate) => candidate !== quoted);
  return { ...quoted.features, score: quoted.score, lead: quoted.score - (rival?.score ?? 0) };
}
