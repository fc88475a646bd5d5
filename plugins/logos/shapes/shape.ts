import type { Quote } from "../../../kernel/index.ts";
import type { Evidence } from "../../../pipeline/text/evidence.ts";
import type { QuestionReading } from "../../../pipeline/text/question.ts";
import type { Candidate } from "../rank.ts";

/** What an answer is made of: the sentences found, the best first. */
export interface Found {
  readonly question: QuestionReading;
  readonly evidence: Evidence;
  /** Where the answer starts from. */
  readonly first: Candidate;
  readonly ranked: readonly Candidate[];
}

/** What an answer quotes, and how the quotes are set. */
export interface Shaped {
  readonly quotes: readonly Quote[];
  /** Before the first quote, such as "Yes: ". */
  readonly lead?: string;
  /** Each quote is an item of its own. */
  readonly listed?: boolean;
}

/** Makes an answer of one kind, or nothing where what was found does not suit it. */
export type Shape = (found: Found) => Shaped | undefined;

/** From here on a section is taken to be about the question, by its heading. */
export const ANNOUNCED = 0.6;

/** An answer grows to a further sentence only within this many characters, and to so many quotes. */
const MOST_CHARACTERS = 400;
const MOST_QUOTES = 3;

/** The quotes of one list after another, as far as there is room and none overlaps another. */
export function gather(quotes: Iterable<Quote>, most = { quotes: MOST_QUOTES, characters: MOST_CHARACTERS }): Quote[] {
  const taken: Quote[] = [];
  for (const quote of quotes) {
    if (taken.length > 0 && !fits(quote, taken, most.characters)) continue;
    taken.push(quote);
    if (taken.length === most.quotes) break;
  }
  return taken;
}

function fits(quote: Quote, taken: readonly Quote[], most: number): boolean {
  const used = taken.reduce((sum, { start, end }) => sum + end - start, 0);
  const apart = taken.every(({ passage, start, end }) => passage !== quote.passage || quote.end <= start || quote.start >= end);
  return apart && used + quote.end - quote.start <= most;
}
