/** The passages as a model is shown them: sentence by sentence, each under a number by which it can be cited. */
import { joinRedacted, type Passage, type Quote, type Redacted, redacted, sliceRedacted } from "../../kernel/index.ts";
import { readEvidence } from "../text/evidence.ts";
import { findInstructions } from "../text/instructions.ts";

export interface NumberedPassage {
  readonly heading: Redacted;
  /** Numbers rise from 1 over all passages. */
  readonly sentences: readonly { readonly number: number; readonly text: Redacted; readonly quote: Quote }[];
}

/** Sentences that speak to whoever answers are left out: what a model does not see it cannot obey. */
export function numberSentences(passages: readonly Passage[]): NumberedPassage[] {
  const { passages: read } = readEvidence(passages);
  let number = 0;
  return passages.map(({ title, heading, text }, at) => {
    const addressed = findInstructions(text).filter((found) => found.addressed);
    const sentences = (read[at]?.sentences ?? [])
      .filter(({ start, end }) => !addressed.some((range) => range.start < end && range.end > start))
      .map(({ start, end }) => ({ number: ++number, text: oneLine(text, start, end), quote: { passage: at, start, end } }));
    return { heading: heading ? redacted`${oneLine(title)} › ${oneLine(heading)}` : oneLine(title), sentences };
  });
}

/** One passage, a sentence a line. */
export function showPassage({ heading, sentences }: NumberedPassage): Redacted {
  return joinRedacted([redacted`# ${heading}`, ...sentences.map(({ number, text }) => redacted`${number}: ${text}`)], "\n");
}

/** Without line breaks: a line that begins with a number is a sentence of ours. */
function oneLine(text: Redacted, start = 0, end = text.length): Redacted {
  const lines: Redacted[] = [];
  for (const { index, 0: line } of text.slice(start, end).matchAll(/[^\s].*/g))
    lines.push(sliceRedacted(text, start + index, start + index + line.trimEnd().length));
  return joinRedacted(lines, " ");
}
