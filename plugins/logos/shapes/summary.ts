import { quoteFrom } from "../quote.ts";
import { gather, type Shape } from "./shape.ts";

/** What opens each passage, in the order of the document: an author says first what a part is about. */
export const summary: Shape = ({ question, evidence, ranked }) => {
  const opening = ranked.filter(({ sentence }) => {
    const firstProse = evidence.passages[sentence.passage]?.sentences.find(({ kind, text }) => kind === "prose" && text.length > 20);
    return sentence === firstProse;
  });
  const chosen = gather(
    [...new Set([...opening, ...ranked])].map(({ sentence }) => quoteFrom(sentence, question, evidence)),
    { quotes: 4, characters: 600 },
  );
  const place = ({ passage, start }: (typeof chosen)[number]) => [evidence.passages[passage]?.at ?? passage, start] as const;
  const quotes = chosen.toSorted((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
  return { quotes, listed: quotes.length > 1 };
};
