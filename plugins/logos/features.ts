/** What tells a sentence that answers a question from one that does not. Shares are of the question's words, by rarity. */
import { answersInKind } from "../../pipeline/text/answer-type.ts";
import type { Evidence, Sentence } from "../../pipeline/text/evidence.ts";
import { hasKindred } from "../../pipeline/text/kindred.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import { isNamedAfter, thingOf } from "../../pipeline/text/thing.ts";

/** @param relevance how much its passage speaks of the question, as a share of the passage that does most. */
export function rankingFeatures(
  question: QuestionReading,
  sentence: Sentence,
  evidence: Evidence,
  relevance: number,
): Readonly<Record<string, number>> {
  const overlap = overlapFeatures(question, sentence, evidence);
  const announced = headed(question, sentence, evidence);
  const ofKind = answersInKind(question, sentence.text);
  return {
    ...overlap,
    carried: REFERRING.test(sentence.text) ? overlap.before + overlap.earlier : 0,
    pairs: closePairs(question, sentence, 3),
    ofKind,
    kindWithWords: ofKind * overlap.overlap,
    relevance,
    rank: 1 / (1 + sentence.passage),
    defines: question.intent === "define" ? defines(question, sentence) : 0,
    opens: question.intent === "define" && opens(question, sentence, evidence) ? 1 : 0,
    shows: sentence.kind === "code" && question.expects === "steps" ? 1 : 0,
    leadsIn: sentence.kind === "prose" && sentence.text.endsWith(":") && LISTING.has(question.intent) ? 1 : 0,
    headed: announced,
    headedSteps: question.expects === "steps" ? announced : 0,
    layout: isLaidOut(sentence) && !(question.expects === "steps" && sentence.kind === "code") ? 1 : 0,
  };
}

/** Table rows and blocks of code: laid out for the eye, seldom an answer by themselves. */
function isLaidOut({ kind, text }: Sentence): boolean {
  return kind === "code" || text.startsWith("|");
}

/** How far the question is what the innermost heading announces: 1 when both have the same words. */
function headed({ content }: QuestionReading, sentence: Sentence, evidence: Evidence): number {
  const heading = evidence.passages[sentence.passage]?.heading ?? new Set<string>();
  const shared = content.filter(({ term }) => heading.has(term));
  if (shared.length === 0) return 0;
  const worth = (terms: readonly { term: string }[]) => terms.reduce((sum, { term }) => sum + evidence.rarity(term), 0);
  const asked = worth(shared) / (worth(content) || 1);
  const announced = shared.length / heading.size;
  return (2 * asked * announced) / (asked + announced);
}

/** Intents that a list or a block of code answers. */
const LISTING: ReadonlySet<string> = new Set(["list", "how-to"]);

/** Whether the sentence says what the question's thing is: "X is a …", "X (…) are …", "X stands for …"; half for "X was …". */
function defines(question: QuestionReading, { words, text }: Sentence): number {
  const thing = thingOf(question);
  const at = words.findIndex(({ term }) => term === thing.at(-1));
  const after = words[at];
  if (!after || at >= 8 || !thing.every((term) => words.slice(0, at + 1).some((word) => word.term === term))) return 0;
  const verb = /^[^.;]{0,80}?\b(?:(is|are|was|were)|refers? to|means?|stands? for|describes?)\b( (?:an?|the|one of)\b)?/i.exec(
    text.slice(after.end),
  );
  if (!verb) return 0;
  return verb[1] === undefined || verb[2] !== undefined ? 1 : 0.5;
}

/** Whether the sentence opens a document that is named after the question's thing: a README says first what it is about. */
function opens(question: QuestionReading, sentence: Sentence, evidence: Evidence): boolean {
  const passage = evidence.passages[sentence.passage];
  if (!passage || passage.at > OPENING || !isProse(sentence)) return false;
  const named = isNamedAfter(passage.title, thingOf(question));
  return named && passage.underTitle && passage.sentences.find(isProse) === sentence;
}

/** An opening stands within so many characters: badges and pictures may come first. */
const OPENING = 2000;

function isProse({ kind, text }: Sentence): boolean {
  if (kind !== "prose" || /^(?:#|\||<)/.test(text)) return false;
  const beside = text.replace(/!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\]|:)/g, " ");
  return (beside.match(/\p{L}{2,}/gu)?.length ?? 0) >= 4;
}

/** A sentence that opens so speaks of what stands before it. */
const REFERRING = /^(?:he|she|it|they|this|these|his|her|its|their|such|both)\b/i;

function overlapFeatures(question: QuestionReading, sentence: Sentence, evidence: Evidence) {
  const passage = evidence.passages[sentence.passage];
  const before = passage?.sentences[sentence.index - 1];
  const after = passage?.sentences[sentence.index + 1];
  const sums = { overlap: 0, kindred: 0, before: 0, after: 0, earlier: 0, passage: 0 };
  let all = 0;
  for (const { term } of question.content) {
    const worth = evidence.rarity(term);
    all += worth;
    if (passage?.terms.has(term) || passage?.above.has(term)) sums.passage += worth;
    if (sentence.terms.has(term) || passage?.heading.has(term)) sums.overlap += worth;
    else if (hasKindred(sentence.terms, term)) sums.kindred += worth;
    else if (before?.terms.has(term)) sums.before += worth;
    else if (after?.terms.has(term)) sums.after += worth;
    else if ((passage?.firstWith.get(term) ?? sentence.index) < sentence.index - 1 || passage?.above.has(term)) sums.earlier += worth;
  }
  const total = all || 1;
  return { ...mapValues(sums, (sum) => sum / total), overlapSum: sums.overlap };
}

function mapValues<K extends string>(record: Record<K, number>, change: (value: number) => number): Record<K, number> {
  return Object.fromEntries(Object.entries<number>(record).map(([key, value]) => [key, change(value)])) as Record<K, number>;
}

/** The share of the question's neighbouring content words that stand within `reach` words of each other in the sentence. */
function closePairs({ content }: QuestionReading, sentence: Sentence, reach: number): number {
  if (content.length < 2) return 0;
  const places = new Map<string, number[]>();
  for (const [at, { term }] of sentence.words.entries()) places.set(term, [...(places.get(term) ?? []), at]);
  let close = 0;
  for (let i = 1; i < content.length; i++) {
    const left = places.get(content[i - 1]?.term ?? "") ?? [];
    const right = places.get(content[i]?.term ?? "") ?? [];
    if (left.some((a) => right.some((b) => Math.abs(a - b) <= reach))) close++;
  }
  return close / (content.length - 1);
}
