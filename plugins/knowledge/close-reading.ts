import { answersInKind } from "../../pipeline/text/answer-type.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { splitSentences } from "../../pipeline/text/sentences.ts";
import { termCounts } from "../../pipeline/text/terms.ts";
import { cosine } from "./quantise.ts";
import type { Candidate, Query } from "./rerank.ts";

/** Letters of a sentence that can be an answer, where a text has longer ones. */
const MIN_SENTENCE = 20;

/** The best that any one sentence of a text offers: three figures, each from 0 to 1. */
export interface BestSentence {
  /** The share of the question's words, by rarity. */
  readonly words: number;
  /** The cosine of the sentence's vector and the question's. */
  readonly meaning: number;
  /** The share of words again, more where the sentence holds a thing of the kind asked for: a name for who, a date for when. */
  readonly kind: number;
}

/** Compares the sentences of texts with one question. */
export function closeReader({ text: asked, terms, vector, embedNow }: Query): (candidate: Candidate) => BestSentence {
  const question = readQuestion(asked);
  const all = terms.reduce((sum, { idf }) => sum + idf, 0) || 1;
  return ({ text }) => {
    const best = { words: 0, meaning: 0, kind: 0 };
    for (const sentence of sentencesOf(text)) {
      const { counts } = termCounts(sentence);
      const share = terms.reduce((sum, { term, idf }) => sum + (counts.has(term) ? idf : 0), 0) / all;
      best.words = Math.max(best.words, share);
      if (share * 1.5 > best.kind) best.kind = Math.max(best.kind, share * (0.5 + answersInKind(question, sentence)));
      if (vector && embedNow) best.meaning = Math.max(best.meaning, cosine(vector, embedNow(sentence)));
    }
    return best;
  };
}

/** The sentences of a text; all of it where it has no long one, as "Port: 8080" has none. */
function sentencesOf(text: string): string[] {
  const sentences = splitSentences(text).filter(({ start, end }) => end - start >= MIN_SENTENCE);
  return sentences.length > 0 ? sentences.map(({ start, end }) => text.slice(start, end)) : [text];
}
