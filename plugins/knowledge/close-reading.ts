import { answersInKind } from "../../pipeline/text/answer-type.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { type Range, splitSentences } from "../../pipeline/text/sentences.ts";
import type { Terms } from "./lexicon.ts";
import { cosine } from "./quantise.ts";
import type { QuestionTerms } from "./question-terms.ts";
import type { Query } from "./rerank.ts";

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
export function closeReader({ text: asked, vector, embedNow }: Query, terms: QuestionTerms): (text: string, read: Terms) => BestSentence {
  const question = readQuestion(asked);
  return (text, read) => {
    const best = { words: 0, meaning: 0, kind: 0 };
    let word = 0;
    for (const { start, end } of sentencesOf(text)) {
      const sentence = text.slice(start, end);
      while (word < read.starts.length && (read.starts[word] as number) < start) word++;
      const from = word;
      while (word < read.starts.length && (read.starts[word] as number) < end) word++;
      const share = terms.share(terms.among(read, from, word));
      best.words = Math.max(best.words, share);
      if (share * 1.5 > best.kind) best.kind = Math.max(best.kind, share * (0.5 + answersInKind(question, sentence)));
      if (vector && embedNow) best.meaning = Math.max(best.meaning, cosine(vector, embedNow(sentence)));
    }
    return best;
  };
}

/** The sentences of a text; all of it where it has no long one, as "Port: 8080" has none. */
function sentencesOf(text: string): Range[] {
  const sentences = splitSentences(text).filter(({ start, end }) => end - start >= MIN_SENTENCE);
  return sentences.length > 0 ? sentences : [{ start: 0, end: text.length }];
}
