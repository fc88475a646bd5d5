import {
  type Ballot,
  type Brief,
  type Draft,
  joinRedacted,
  type Passage,
  type Quote,
  redacted,
  sliceRedacted,
} from "../../kernel/index.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { type Candidate, rankSentences } from "./rank.ts";

/** An answer grows to a further sentence only within this many characters. */
const MOST_CHARACTERS = 400;

/** Drafts an answer, or none where no sentence of the passages shares a word with the question. */
export function draftAnswer(brief: Brief): Ballot {
  const ranked = rankSentences(readQuestion(brief.question), brief.passages);
  const [first] = ranked.filter((candidate) => !wasRefused(brief, candidate));
  if (!first) return { approval: 0, reason: redacted`I found no sentence that speaks about this.` };
  const chosen = [first, ...supplement(first, ranked)];
  return { approval: 1, reason: redacted`I found sentences that answer.`, draft: compose(chosen, brief.passages) };
}

/** In a later round the sentence that the others objected to is not offered first again. */
function wasRefused({ draft, objections }: Brief, { sentence }: Candidate): boolean {
  const [refused] = objections.length > 0 ? (draft?.quotes ?? []) : [];
  return refused !== undefined && refused.passage === sentence.passage && refused.start === sentence.start;
}

/** The next best sentences, as far as there is room. */
function supplement(first: Candidate, ranked: readonly Candidate[]): Candidate[] {
  let room = MOST_CHARACTERS - first.sentence.text.length;
  const chosen: Candidate[] = [];
  for (const next of ranked) {
    if (next === first || next.sentence.text.length > room) continue;
    chosen.push(next);
    room -= next.sentence.text.length;
    if (chosen.length === 2) break;
  }
  return chosen;
}

/** Puts the sentences one after another, each with the number of its quote. */
export function compose(chosen: readonly Candidate[], passages: readonly Passage[]): Draft {
  const quotes: Quote[] = chosen.map(({ sentence: { passage, start, end } }) => ({ passage, start, end }));
  const pieces = quotes.flatMap(({ passage, start, end }, i) => {
    const source = passages[passage];
    return source ? [redacted`${sliceRedacted(source.text, start, end)} [${i + 1}]`] : [];
  });
  return { text: joinRedacted(pieces, " "), quotes };
}
