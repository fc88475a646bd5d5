import type { Quote } from "../../../kernel/index.ts";
import type { Evidence, Sentence } from "../../../pipeline/text/evidence.ts";
import { quoteFrom } from "../quote.ts";
import { gather, type Shape } from "./shape.ts";

/** The defining sentence with what follows it in its paragraph, in one piece; then, where there is room, the next best. */
export const definition: Shape = ({ question, evidence, first, ranked }) => {
  const { defines = 0, opens = 0 } = first.features;
  if (defines + opens === 0 || first.sentence.kind !== "prose") return undefined;
  const others = ranked.filter((other) => other !== first).map(({ sentence }) => quoteFrom(sentence, question, evidence));
  return { quotes: gather([withFollowing(first.sentence, evidence), ...others]) };
};

/** A definition goes on for so long at most. */
const MOST_DEFINITION = 300;

function withFollowing({ passage, start, end, index, text }: Sentence, { passages }: Evidence): Quote {
  const next = passages[passage]?.sentences[index + 1];
  const goesOn = next?.kind === "prose" && !/^[|#<[!]/.test(next.text) && next.end - start <= MOST_DEFINITION && !text.endsWith(":");
  return { passage, start, end: goesOn && next ? next.end : end };
}
