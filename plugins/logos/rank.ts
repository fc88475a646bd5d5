/** Finds the sentences that answer a question. */
import type { Passage } from "../../kernel/index.ts";
import { type Evidence, readEvidence, relevance, type Sentence } from "../../pipeline/text/evidence.ts";
import { findInstructions } from "../../pipeline/text/instructions.ts";
import { weighted } from "../../pipeline/text/logistic.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import { rankingFeatures } from "./features.ts";
import ranking from "./ranking.json" with { type: "json" };

export interface Candidate {
  readonly sentence: Sentence;
  readonly features: Readonly<Record<string, number>>;
  readonly score: number;
}

/** Every sentence that shares a word with the question, itself or by its surroundings; the best first. */
export function rankSentences(
  question: QuestionReading,
  passages: readonly Passage<string>[],
  evidence: Evidence = readEvidence(passages),
): Candidate[] {
  const relevant = relevance(evidence, question.content);
  const spoken = passages.map(({ text }) => findInstructions(text).filter(({ addressed }) => addressed));
  const isInstruction = ({ passage, start, end }: Sentence) => spoken[passage]?.some((range) => range.start < end && range.end > start);
  return evidence.sentences
    .filter((sentence) => isStatement(sentence) && !isInstruction(sentence))
    .map((sentence) => {
      const features = rankingFeatures(question, sentence, evidence, relevant[sentence.passage] ?? 0);
      return { sentence, features, score: weighted(ranking.weights, features) };
    })
    .filter(({ features }) => touches(features))
    .sort((a, b) => b.score - a.score);
}

function touches({ overlap, kindred, passage }: Readonly<Record<string, number>>): boolean {
  return (overlap ?? 0) + (kindred ?? 0) + (passage ?? 0) > 0;
}

// Only tags, badges, or lines that say where links lead: part of a document's face, and no statement.
const PICTURES_AND_LINKS =
  /^(?:\s*(?:<[^>]{1,500}>|!?\[!?\[[^\]]{0,200}\](?:\([^)]*\)|\[[^\]]*\])\](?:\([^)]*\)|\[[^\]]*\])|!\[[^\]]{0,200}\]\([^)]*\)|\[[^\]]{1,100}\]:\s+\S+(?=\s|$)(?:\s+"[^"]*")?))+\s*$/;

/** Headings, questions and scraps are not answers. */
function isStatement({ kind, text, terms, words }: Sentence): boolean {
  if (PICTURES_AND_LINKS.test(text)) return false;
  return terms.size >= 2 && (kind !== "prose" || words.length >= 3) && !/^#{1,6}\s|\?$|^\|?[\s:|-]+$/.test(text);
}
