import type { Ballot, Brief, Quote } from "../../kernel/index.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { type Candidate, rankSentences } from "./rank.ts";
import weights from "./weights.json" with { type: "json" };

/** Below this share of the question's words in the quoted sentence, Logos says what is missing. */
const THIN = 0.5;

/** An approval below this is said to be doubtful. */
const UNSURE = 0.7;

/** Judges how well the draft's first sentence fits the question, and how sure the choice was among all sentences. */
export function judge(brief: Brief<string>): Ballot<string> {
  const features = fitness(brief);
  const approval = probability(weights, features);
  if ((features["overlap"] ?? 0) >= THIN)
    return {
      approval,
      reason: approval < UNSURE ? "Other sentences fit nearly as well." : "The quoted sentence speaks of what was asked.",
    };
  const reason = "The quoted sentence has few of the question's words.";
  return { approval, reason, objections: [reason] };
}

export function fitness({ question, passages, draft }: Brief<string>): Readonly<Record<string, number>> {
  const ranked = rankSentences(readQuestion(question), passages);
  // A quote of several sentences, such as a section, is worth what the best of them is.
  const lies = ({ sentence }: Candidate, { passage, start, end }: Quote) =>
    sentence.passage === passage && sentence.start >= start && sentence.end <= end;
  const quotes = draft?.quotes ?? [];
  const quoted = quotes.flatMap((quote) => ranked.find((candidate) => lies(candidate, quote)) ?? []);
  const covered = ranked.filter((candidate) => quotes.some((quote) => lies(candidate, quote)));
  const [first] = quoted;
  if (!first) return {};
  const top = ranked[0]?.score ?? 0;
  const likely = ranked.reduce((sum, { score }) => sum + Math.exp(score - top), 0);
  return {
    ...first.features,
    share: covered.reduce((sum, { score }) => sum + Math.exp(score - top), 0) / likely,
    agreeing: quoted.filter(({ sentence }) => sentence.passage === first.sentence.passage).length / Math.max(1, quoted.length),
  };
}
