import type { Brief, Redacted } from "../../kernel/index.ts";

/** Every text in which a token stood that a model may use again. */
export function shownTo({ question, passages, draft, objections, guidance = [], history = [] }: Brief): Redacted[] {
  return [
    question,
    ...passages.flatMap(({ title, heading, text }) => [title, heading, text]),
    ...(draft ? [draft.text] : []),
    ...objections.map(({ reason }) => reason),
    ...guidance,
    ...history.flatMap((exchange) => [exchange.question, exchange.answer]),
  ];
}
