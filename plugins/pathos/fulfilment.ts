/** How far a draft gives what a question asks for, seen from the question. */
import type { Brief } from "../../kernel/index.ts";
import { answersInKind, countsWhatIsAsked } from "../../pipeline/text/answer-type.ts";
import { innermostHeading } from "../../pipeline/text/evidence.ts";
import { hasKindred } from "../../pipeline/text/kindred.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";
import { words } from "../../pipeline/text/terms.ts";

export function fulfilment(question: QuestionReading, { draft, passages }: Brief<string>): Readonly<Record<string, number>> {
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
    searched: searched(draft, passages),
    headed: announced(question, heading),
    whole: quoted.length === 1 && first.includes("\n") ? announced(question, heading) : 0,
    opening: source !== undefined && draft?.quotes[0]?.start === 0 && source.start < OPENING && heading.size === 0 ? 1 : 0,
  };
}

/** How fast a passage loses what the search gives it as its score falls behind the best one's, as a share of that. */
const FALL = 0.06;

/** The share of the search's trust that the quoted passages have: near 1 where it puts them far ahead of all others. */
function searched(draft: Brief<string>["draft"], passages: Brief<string>["passages"]): number {
  const most = Math.max(...passages.map(({ score }) => score));
  if (!(most > 0)) return 0;
  const trust = passages.map(({ score }) => Math.exp((score / most - 1) / FALL));
  const quoted = new Set(draft?.quotes.map(({ passage }) => passage));
  return sum(trust.filter((_, at) => quoted.has(at))) / sum(trust);
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
