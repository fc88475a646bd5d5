/** Whether what the question speaks of is there in the quoted sentence and around it: support for the question's own premises. */
import type { Brief } from "../../kernel/index.ts";
import { type Evidence, readEvidence, relevance, type Sentence } from "../../pipeline/text/evidence.ts";
import { hasKindred } from "../../pipeline/text/kindred.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";
import { fold, type Word } from "../../pipeline/text/terms.ts";
import { opposites } from "./opposites.ts";

export interface Support {
  readonly features: Readonly<Record<string, number>>;
  /** Words of the question that the quoted passage does not have. */
  readonly missing: readonly Word[];
  /** Words of the question whose opposite stands in the quoted sentence. */
  readonly opposed: readonly Word[];
}

/** Where a word of the question stands, seen from the quoted sentence. */
type Place = "sentence" | "kindred" | "beside" | "passage" | "elsewhere" | "nowhere";

export function support(brief: Brief<string>): Support {
  const question = readQuestion(brief.question);
  const evidence = readEvidence(brief.passages);
  const sentence = quotedSentence(brief, evidence);
  const placed = question.content.map((word) => ({ word, place: placeOf(word, sentence, evidence), worth: evidence.rarity(word.term) }));
  const all = placed.reduce((sum, { worth }) => sum + worth, 0) || 1;
  const share = (wanted: Place) => placed.reduce((sum, { place, worth }) => sum + (place === wanted ? worth : 0), 0) / all;
  const places = new Map(placed.map(({ word, place }) => [word.term, place]));
  const opposed = sentence ? question.content.filter((word) => isOpposed(word, sentence)) : [];
  return {
    features: {
      inSentence: share("sentence"),
      kindred: share("kindred"),
      beside: share("beside"),
      elsewhere: share("elsewhere"),
      nowhere: share("nowhere"),
      contested: contested(question, sentence, evidence),
      headed: headed(question, evidence.passages[sentence?.passage ?? -1]?.heading),
      source: sourceLead(question, sentence, evidence),
      ...valuesSupported(question, places),
      opposed: Math.min(2, opposed.length),
      askedNegated: question.negated ? 1 : 0,
      qualified: qualifiersMissing(question, sentence),
      words: Math.log(1 + question.content.length),
    },
    missing: placed.filter(({ place }) => place === "nowhere" || place === "elsewhere").map(({ word }) => word),
    opposed,
  };
}

function quotedSentence({ draft }: Brief<string>, evidence: Evidence): Sentence | undefined {
  const quote = draft?.quotes[0];
  return evidence.passages[quote?.passage ?? -1]?.sentences.find(({ start, end }) => quote && start < quote.end && end > quote.start);
}

function placeOf({ term }: Word, sentence: Sentence | undefined, evidence: Evidence): Place {
  const around = evidence.passages[sentence?.passage ?? -1];
  if (!sentence || !around) return "nowhere";
  if (sentence.terms.has(term) || around.heading.has(term)) return "sentence";
  if (hasKindred(sentence.terms, term)) return "kindred";
  const beside = [around.sentences[sentence.index - 1], around.sentences[sentence.index + 1]];
  if (beside.some((other) => other?.terms.has(term)) || around.above.has(term)) return "beside";
  if (around.terms.has(term)) return "passage";
  return evidence.passages.some(({ terms, above }) => terms.has(term) || above.has(term)) ? "elsewhere" : "nowhere";
}

/** How much of the question the best sentence of another passage has: 1 when it could answer as well. */
function contested({ content }: QuestionReading, sentence: Sentence | undefined, { sentences, rarity }: Evidence): number {
  const all = content.reduce((sum, { term }) => sum + rarity(term), 0) || 1;
  const held = ({ terms }: Sentence) => content.reduce((sum, { term }) => sum + (terms.has(term) ? rarity(term) : 0), 0) / all;
  return Math.max(0, ...sentences.filter(({ passage }) => passage !== sentence?.passage).map(held));
}

/** The share of the question's words that stand in the heading above the quoted sentence. */
function headed({ content }: QuestionReading, heading: ReadonlySet<string> = new Set()): number {
  return content.filter(({ term }) => heading.has(term)).length / Math.max(1, content.length);
}

/** How far the quoted passage is ahead of the best other one in speaking of the question. */
function sourceLead({ content }: QuestionReading, sentence: Sentence | undefined, evidence: Evidence): number {
  const relevant = relevance(evidence, content);
  const own = relevant[sentence?.passage ?? -1] ?? 0;
  return own - Math.max(0, ...relevant.filter((_, at) => at !== sentence?.passage));
}

/** Names, dates and numbers of the question of which some word is not in the quoted sentence, or not in its passage. */
function valuesSupported({ values, content }: QuestionReading, places: ReadonlyMap<string, Place>) {
  const carrying = new Set(content.map(({ term }) => term));
  const sums = { namesAway: 0, namesMissing: 0, numbersAway: 0, numbersMissing: 0 };
  for (const { kind, terms } of values) {
    const at = terms.filter((term) => carrying.has(term)).map((term) => places.get(term) ?? "nowhere");
    const which = kind === "name" ? "names" : "numbers";
    if (at.some((place) => place === "elsewhere" || place === "nowhere")) sums[`${which}Missing`]++;
    else if (at.some((place) => place !== "sentence")) sums[`${which}Away`]++;
  }
  return sums;
}

function isOpposed({ surface, term }: Word, sentence: Sentence): boolean {
  if (sentence.terms.has(term)) return false;
  const against = opposites(fold(surface));
  return sentence.words.some((word) => against.has(fold(word.surface)));
}

// Small words that narrow a question down; a sentence without them may speak of another case.
const QUALIFIER =
  /\b(?:only|first|last|most|least|largest|smallest|oldest|earliest|latest|main|highest|lowest|best|worst|all|every|always|original|originally|current|currently|before|after|until|since|during)\b/g;

function qualifiersMissing({ text }: QuestionReading, sentence: Sentence | undefined): number {
  const had = new Set((sentence?.text.toLowerCase().match(/\p{L}+/gu) ?? []) as string[]);
  return Math.min(2, (text.toLowerCase().match(QUALIFIER) ?? []).filter((word) => !had.has(word)).length);
}
