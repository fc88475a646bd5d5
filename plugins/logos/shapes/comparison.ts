import type { QuestionReading } from "../../../pipeline/text/question.ts";
import { contentTerms } from "../../../pipeline/text/terms.ts";
import { quoteFrom } from "../quote.ts";
import type { Candidate } from "../rank.ts";
import { gather, type Shape } from "./shape.ts";

/**
 * A sentence that speaks of both sides, if one is among the best; then one for each side. Without two sides in the
 * question, the best sentence and then those that speak of what it leaves out.
 */
export const comparison: Shape = ({ question, evidence, first, ranked }) => {
  const order = inOrderOfUse(first, ranked, question);
  const quotes = gather(order.map(({ sentence }) => quoteFrom(sentence, question, evidence)));
  return { quotes, listed: quotes.length > 1 };
};

/** How deep the sentence that speaks of both may lie. */
const AMONG = 5;

function inOrderOfUse(first: Candidate, ranked: readonly Candidate[], question: QuestionReading): Candidate[] {
  const others = ranked.filter((candidate) => candidate !== first);
  const sides = sidesOf(question.text);
  if (!sides) {
    const left = question.content.filter(({ term }) => !first.sentence.terms.has(term));
    const adding = others.filter(({ sentence }) => left.some(({ term }) => sentence.terms.has(term)));
    return [...new Set([first, ...adding, ...others])];
  }
  const of = (side: ReadonlySet<string>) => (candidate: Candidate) => [...side].every((term) => candidate.sentence.terms.has(term));
  const [left, right] = [of(sides[0]), of(sides[1])];
  const both = [first, ...others.slice(0, AMONG)].find((candidate) => left(candidate) && right(candidate));
  const each = [[first, ...others].find((one) => left(one) && !right(one)), [first, ...others].find((one) => right(one) && !left(one))];
  return [...new Set([both ?? [], each[0] ?? [], each[1] ?? [], first, others].flat())];
}

/** The two things compared: "difference between X and Y", "X versus Y", "compare X with Y", "how does X differ from Y". */
export function sidesOf(question: string): readonly [ReadonlySet<string>, ReadonlySet<string>] | undefined {
  const text = question.replace(/[?.!]+\s*$/, "");
  const found =
    /\bbetween (.{2,60}?) and (.{2,60})$/i.exec(text) ??
    /\bcompare (.{2,60}?) (?:and|with|to|against) (.{2,60})$/i.exec(text) ??
    /\bhow (?:do|does|is|are) (.{2,60}?) (?:differ(?:ent)?|compare) (?:from|to|with) (.{2,60})$/i.exec(text) ??
    /(?:^|\b(?:is|are)\s)(.{2,60}?) (?:versus|vs\.?) (.{2,60})$/i.exec(text);
  if (!found) return undefined;
  const [left, right] = [new Set(contentTerms(found[1] ?? "")), new Set(contentTerms(found[2] ?? ""))];
  return left.size > 0 && right.size > 0 ? [left, right] : undefined;
}
