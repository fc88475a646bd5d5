import type { Brief } from "../../kernel/index.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import { words } from "../../pipeline/text/terms.ts";
import type { Candidate } from "./rank.ts";

/** How far an objection moves a sentence that meets it: about as much as the best of the ordinary features. */
const MET = 2.5;

/**
 * The candidates in the light of what the others objected to: those come forward that have the words of the question
 * that were missed, and those that hold the kind of thing that Pathos missed.
 */
export function revise(ranked: readonly Candidate[], { content }: QuestionReading, { objections }: Brief<string>): readonly Candidate[] {
  if (objections.length === 0) return ranked;
  const named = new Set(objections.flatMap(({ reason }) => words(reason).map(({ term }) => term)));
  const missed = content.filter(({ term }) => named.has(term));
  const ofAnotherKind = objections.some(({ agent }) => agent === "pathos");
  const met = ({ sentence, features }: Candidate) => {
    const share = missed.filter(({ term }) => sentence.terms.has(term)).length / Math.max(1, missed.length);
    return MET * (share + (ofAnotherKind ? (features["ofKind"] ?? 0) : 0));
  };
  return ranked.map((candidate) => ({ ...candidate, score: candidate.score + met(candidate) })).sort((a, b) => b.score - a.score);
}
