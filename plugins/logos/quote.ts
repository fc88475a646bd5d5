/** How far a quotation goes: from the sentence that was found on, over what belongs to it. */
import type { Quote } from "../../kernel/index.ts";
import type { Evidence, Sentence } from "../../pipeline/text/evidence.ts";
import type { QuestionReading } from "../../pipeline/text/question.ts";

/** A list or a block of code is quoted up to this many characters. */
const MOST_LISTED = 1200;

/**
 * The sentence alone; or with the block or list that it leads up to, where it ends in a colon; or, for a list or steps,
 * with the items that follow it.
 */
export function quoteFrom(sentence: Sentence, { intent }: QuestionReading, { passages }: Evidence): Quote {
  const following = (passages[sentence.passage]?.sentences ?? []).slice(sentence.index + 1);
  const continues = (next: Sentence, first: boolean) => {
    if (sentence.text.endsWith(":") && first) return next.kind !== "prose" || sentence.kind === "prose";
    if (next.kind === "prose") return false;
    return sentence.text.endsWith(":") || ((intent === "list" || intent === "how-to") && sentence.kind === next.kind);
  };
  let end = sentence.end;
  for (const [i, next] of following.entries()) {
    if (!continues(next, i === 0) || next.end - sentence.start > MOST_LISTED) break;
    end = next.end;
  }
  return { passage: sentence.passage, start: sentence.start, end };
}
