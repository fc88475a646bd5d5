/** What makes an answer doubtful whatever it says: a question that is about one of several, another language, the wrong reader. */
import type { Brief, Warning } from "../../kernel/index.ts";
import { languageOf } from "../../pipeline/text/language.ts";
import { expertiseOf } from "./expertise.ts";
import { sensesOf } from "./senses.ts";

export interface Doubt {
  /** What is left of the approval. */
  readonly share: number;
  /** Said to the other agents, so that the next draft is another. */
  readonly objection?: string;
  /** Said to the user. */
  readonly warning?: Warning<string>;
}

export function doubtsOf(brief: Brief<string>): Doubt[] {
  return [unclear(brief), foreign(brief), forOthers(brief)].filter((doubt) => doubt !== undefined);
}

function unclear({ question, passages }: Brief<string>): Doubt | undefined {
  const senses = sensesOf(question, passages);
  if (senses.length === 0) return undefined;
  return { share: 0.8, warning: { text: `The question may be about ${senses.join(", or ")}: say which is meant.` } };
}

/** Words of two languages are not alike: what was found may be chance, and what was not found may be there. */
function foreign({ question, passages, draft }: Brief<string>): Doubt | undefined {
  const asked = languageOf(question);
  const quotes = draft?.quotes ?? [];
  const quoted = languageOf(quotes.map(({ passage }) => passages[passage]?.text ?? "").join("\n"));
  if (asked === undefined || quoted === undefined || asked === quoted) return undefined;
  const text = `The question is in ${asked}, the source in ${quoted}. It was not translated: only names, numbers and words of both were compared.`;
  return { share: 0.8, warning: { text, quotes } };
}

/** Nothing but code is no answer to someone who is new to it. */
function forOthers({ question, passages, draft }: Brief<string>): Doubt | undefined {
  if (expertiseOf(question) !== "beginner" || !draft) return undefined;
  const isCode = draft.quotes.every(({ passage, start, end }) =>
    /^\s*(?:```|~~~|[$>] )/.test(passages[passage]?.text.slice(start, end) ?? ""),
  );
  return isCode ? { share: 0.8, objection: "A beginner asks, and it is nothing but code." } : undefined;
}
