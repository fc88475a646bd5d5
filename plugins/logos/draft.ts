import type { Ballot, Brief, Draft, Passage, Quote } from "../../kernel/index.ts";
import { type Evidence, readEvidence } from "../../pipeline/text/evidence.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";
import { quoteFrom } from "./quote.ts";
import { type Candidate, rankSentences } from "./rank.ts";

/** An answer grows to a further sentence only within this many characters, and to so many quotes. */
const MOST_CHARACTERS = 400;
const MOST_QUOTES = 3;

/** Drafts an answer, or none where no sentence of the passages shares a word with the question. */
export function draftAnswer(brief: Brief<string>): Ballot<string> {
  const question = readQuestion(brief.question);
  const evidence = readEvidence(brief.passages);
  const ranked = rankSentences(question, brief.passages, evidence);
  const first = ranked.find((candidate) => !wasRefused(brief, candidate));
  if (!first) return { approval: 0, reason: `I found no sentence that speaks about this.` };
  if (question.expects === "steps" && (first.features["headed"] ?? 0) >= ANNOUNCED) {
    const quotes = [wholeSection(first, evidence)];
    return { approval: 1, reason: `I found the section that tells how.`, draft: compose(quotes, brief.passages) };
  }
  const quotes: Quote[] = [];
  for (const { sentence } of inOrderOfUse(first, ranked, question)) {
    const quote = quoteFrom(sentence, question, evidence);
    if (quotes.length > 0 && !fits(quote, quotes)) continue;
    quotes.push(quote);
    if (quotes.length === MOST_QUOTES) break;
  }
  return { approval: 1, reason: `I found sentences that answer.`, draft: compose(quotes, brief.passages) };
}

/** From here on a section is taken to be about the question, by its heading. */
const ANNOUNCED = 0.6;

/** A section that tells how is quoted up to this many characters. */
const MOST_STEPS = 800;

/** Steps stand in order and often in code: the passage is quoted from its beginning, in one piece, as far as there is room. */
function wholeSection({ sentence }: Candidate, { passages }: Evidence): Quote {
  const sentences = passages[sentence.passage]?.sentences ?? [];
  const start = sentences[0]?.start ?? sentence.start;
  const last = sentences.findLast(({ end }) => end - start <= MOST_STEPS) ?? sentences[0] ?? sentence;
  return { passage: sentence.passage, start, end: last.end };
}

/** In a later round the sentence that the others objected to is not offered first again. */
function wasRefused({ draft, objections }: Brief<string>, { sentence }: Candidate): boolean {
  const [refused] = objections.length > 0 ? (draft?.quotes ?? []) : [];
  return refused !== undefined && refused.passage === sentence.passage && refused.start === sentence.start;
}

/**
 * The best sentence, then the others. For a comparison, first those that speak of what the best one leaves out; for a
 * summary, those that open their passages.
 */
function inOrderOfUse(first: Candidate, ranked: readonly Candidate[], { intent, content }: QuestionReading): Candidate[] {
  const others = ranked.filter((candidate) => candidate !== first);
  if (intent === "summarise") {
    const opening = ranked.filter(({ sentence }) => sentence.index === 0 && sentence.kind === "prose");
    return [...opening, ...ranked.filter((candidate) => !opening.includes(candidate))];
  }
  if (intent !== "compare") return [first, ...others];
  const left = content.filter(({ term }) => !first.sentence.terms.has(term));
  const adding = others.filter(({ sentence }) => left.some(({ term }) => sentence.terms.has(term)));
  return [first, ...adding, ...others.filter((candidate) => !adding.includes(candidate))];
}

function fits(quote: Quote, quotes: readonly Quote[]): boolean {
  const used = quotes.reduce((sum, { start, end }) => sum + end - start, 0);
  const apart = quotes.every(({ passage, start, end }) => passage !== quote.passage || quote.end <= start || quote.start >= end);
  return apart && used + quote.end - quote.start <= MOST_CHARACTERS;
}

/** Puts the quotes one after another, each with its number; on lines of their own where one has several lines. */
function compose(quotes: readonly Quote[], passages: readonly Passage<string>[]): Draft<string> {
  const texts = quotes.flatMap(({ passage, start, end }) => {
    const source = passages[passage];
    return source ? [source.text.slice(start, end)] : [];
  });
  const inBlocks = texts.some((text) => /\n\s*(?:[-*+•]|\d{1,3}[.)]|```|~~~|\n)|^```/.test(text));
  const pieces = texts.map((text, i) => (/(?:```|~~~)\s*$/.test(text) ? `${text}\n[${i + 1}]` : `${text} [${i + 1}]`));
  return { text: pieces.join(inBlocks ? "\n\n" : " "), quotes };
}
