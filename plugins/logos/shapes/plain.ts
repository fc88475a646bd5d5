import { quoteFrom } from "../quote.ts";
import { type Found, gather, type Shaped } from "./shape.ts";

/** The best sentence, then the next best. */
export const plain = ({ question, evidence, first, ranked }: Found): Shaped => ({
  quotes: gather([first, ...ranked.filter((other) => other !== first)].map(({ sentence }) => quoteFrom(sentence, question, evidence))),
});
