/** Finds the sentences that answer a question. */
import type { Passage } from "../../kernel/index.ts";
import { answersInKind } from "../../pipeline/text/answer-type.ts";
import { type Evidence, readEvidence, type Sentence } from "../../pipeline/text/evidence.ts";
import { weighted } from "../../pipeline/text/logistic.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import ranking from "./ranking.json" with { type: "json" };

export interface Candidate {
  readonly sentence: Sentence;
  readonly features: Readonly<Record<string, number>>;
  readonly score: number;
}

/** Every sentence that shares a word with the question, itself or by its surroundings; the best first. */
export function rankSentences(question: QuestionReading, passages: readonly Passage[]): Candidate[] {
  const evidence = readEvidence(passages);
  const best = Math.max(...passages.map(({ score }) => score), Number.MIN_VALUE);
  return evidence.sentences
    .filter(isStatement)
    .map((sentence) => {
      const features = rankingFeatures(question, sentence, evidence, (passages[sentence.passage]?.score ?? 0) / best);
      return { sentence, features, score: weighted(ranking.weights, features) };
    })
    .filter(({ features }) => features["overlap"] !== 0)
    .sort((a, b) => b.score - a.score);
}

/** Headings, questions and scraps are not answers. */
function isStatement({ text, terms }: Sentence): boolean {
  return terms.size >= 2 && !/^#{1,6}\s|\?$|^\|?[\s:|-]+$/.test(text);
}

function rankingFeatures(question: QuestionReading, sentence: Sentence, evidence: Evidence, retrieval: number): Record<string, number> {
  const around = evidence.passages[sentence.passage];
  const neighbours = [around?.sentences[sentence.index - 1], around?.sentences[sentence.index + 1]];
  let all = 0;
  let own = 0;
  let near = 0;
  let far = 0;
  for (const { term } of question.content) {
    const worth = evidence.rarity(term);
    all += worth;
    if (sentence.terms.has(term)) own += worth;
    else if (neighbours.some((neighbour) => neighbour?.terms.has(term))) near += worth;
    else if (around?.terms.has(term) || around?.above.has(term)) far += worth;
  }
  const total = all || 1;
  return {
    overlap: own / total,
    nearby: near / total,
    around: far / total,
    pairs: adjacentPairs(question, sentence),
    ofKind: answersInKind(question, sentence.text),
    retrieval,
    rank: 1 / (1 + sentence.passage),
    opening: sentence.index === 0 ? 1 : 0,
    length: Math.log(1 + sentence.words.length),
  };
}

/** The share of the question's neighbouring content words that stand close together in the sentence. */
function adjacentPairs({ content }: QuestionReading, sentence: Sentence): number {
  if (content.length < 2) return 0;
  const places = new Map<string, number>();
  for (const [at, { term }] of sentence.words.entries()) if (!places.has(term)) places.set(term, at);
  let close = 0;
  for (let i = 1; i < content.length; i++) {
    const a = places.get(content[i - 1]?.term ?? "");
    const b = places.get(content[i]?.term ?? "");
    if (a !== undefined && b !== undefined && Math.abs(a - b) <= 4) close++;
  }
  return close / (content.length - 1);
}
