/** Whether what the question speaks of is there in the quoted sentence and around it. */
import type { Brief } from "../../kernel/index.ts";
import { readEvidence } from "../../pipeline/text/evidence.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";

export interface Support {
  readonly features: Readonly<Record<string, number>>;
  /** Words of the question that the quoted passage does not have, as they stand in the question. */
  readonly missing: readonly { readonly start: number; readonly end: number }[];
}

export function support(brief: Brief): Support {
  const question = readQuestion(brief.question);
  const evidence = readEvidence(brief.passages);
  const quotes = brief.draft?.quotes ?? [];
  const [first] = quotes;
  const around = evidence.passages[first?.passage ?? -1];
  const sentence = around?.sentences.find(({ start, end }) => first && start < first.end && end > first.start);
  const inSentence = (term: string) => sentence?.terms.has(term) ?? false;
  const inPassage = (term: string) => inSentence(term) || (around?.terms.has(term) ?? false) || (around?.above.has(term) ?? false);
  const terms = question.content.map(({ term }) => ({ term, worth: evidence.rarity(term) }));
  const share = (has: (term: string) => boolean) => {
    const all = terms.reduce((sum, { worth }) => sum + worth, 0);
    return all === 0 ? 0 : terms.reduce((sum, { term, worth }) => sum + (has(term) ? worth : 0), 0) / all;
  };
  return {
    features: {
      inSentence: share(inSentence),
      inPassage: share(inPassage),
      namesMissing: missingValues(question, "name", inPassage),
      numbersMissing: missingValues(question, "number", inPassage) + missingValues(question, "date", inPassage),
      negation: question.negated === isNegated(sentence?.text ?? "") ? 0 : 1,
    },
    missing: question.content.filter(({ term }) => !inPassage(term)),
  };
}

function missingValues({ values }: QuestionReading, kind: string, has: (term: string) => boolean): number {
  return values.filter((value) => value.kind === kind && !value.terms.some(has)).length;
}

function isNegated(text: string): boolean {
  return /\b(?:not|never|no|without|except|neither|nor|\w+n['’]t)\b/i.test(text);
}
