/** How far a draft gives what a question asks for, seen from the question. */
import type { Brief } from "../../kernel/index.ts";
import { answersInKind, countsWhatIsAsked } from "../../pipeline/text/answer-type.ts";
import { innermostHeading } from "../../pipeline/text/evidence.ts";
import { hasKindred } from "../../pipeline/text/kindred.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import { words } from "../../pipeline/text/terms.ts";

export function fulfilment(question: QuestionReading, brief: Brief<string>): Readonly<Record<string, number>> {
  const { draft, passages } = brief;
  const quoted = (draft?.quotes ?? []).flatMap(({ passage, start, end }) => {
    const source = passages[passage];
    return source ? [source.text.slice(start, end)] : [];
  });
  const first = quoted[0] ?? "";
  const source = passages[draft?.quotes[0]?.passage ?? -1];
  const heading = source ? innermostHeading(source) : new Set<string>();
  const read = words(first);
  const inFirst = new Set([...heading, ...read.map(({ term }) => term)]);
  const inAll = new Set([...inFirst, ...words(quoted.join(" ")).map(({ term }) => term)]);
  const held = (terms: ReadonlySet<string>) => question.content.filter(({ term }) => terms.has(term) || hasKindred(terms, term)).length;
  const size = Math.max(1, question.content.length);
  return {
    ofKind: Math.max(0, ...quoted.map((text) => answersInKind(question, text))),
    firstOfKind: answersInKind(question, first, read),
    counts: countsWhatIsAsked(question, read),
    coveredFirst: held(inFirst) / size,
    coveredAll: held(inAll) / size,
    vague: question.content.length <= 2 ? 1 : 0,
    searched: searched(brief),
    headed: announced(question, heading),
    whole: quoted.length === 1 && first.includes("\n") ? announced(question, heading) : 0,
    opening: source !== undefined && draft?.quotes[0]?.start === 0 && source.start < OPENING && heading.size === 0 ? 1 : 0,
  };
}

/** How fast a passage loses the search's trust as its score falls behind the best one's, as a share of that. */
const FALL = 0.06;

/** As many passages are commonly found. Those that lack are taken to be behind by as much as others are: few found prove nothing. */
const FIELD = { passages: 8, behind: 0.25 };

/** What is taken where scores tell nothing apart: about the mean where they do. */
const UNTOLD = 0.9;

/** The share of the search's trust that the quoted passages have: near 1 where it puts them far ahead of all others. */
function searched({ draft, passages }: Brief<string>): number {
  const scores = passages.map(({ score }) => score);
  const most = Math.max(...scores);
  if (!(most > 0) || (passages.length > 1 && Math.min(...scores) === most)) return UNTOLD;
  const trust = scores.map((score) => trustOf(1 - score / most));
  const lacking = Math.max(0, FIELD.passages - passages.length) * trustOf(FIELD.behind);
  const quoted = new Set(draft?.quotes.map(({ passage }) => passage));
  return sum(trust.filter((_, at) => quoted.has(at))) / (sum(trust) + lacking);
}

function trustOf(behind: number): number {
  return Math.exp(-behind / FALL);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A document's opening stands within so many characters. */
const OPENING = 2000;

/** How far the heading above the quotation is what the question asks for: 1 when both have the same words. */
function announced({ content }: QuestionReading, heading: ReadonlySet<string>): number {
  const shared = content.filter(({ term }) => heading.has(term)).length;
  return shared === 0 ? 0 : (2 * shared) / (content.length + heading.size);
}
