/** The thing that a question for a definition is about, and the documents named after it. */
import type { QuestionReading } from "./question.ts";
import { contentTerms } from "./terms.ts";

const KINDS = new Set(
  "package library module tool project program command function option method class plugin app application framework file thing used purpose".split(
    " ",
  ),
);

/** What a question for a definition asks about, without the word for its kind: "the ignore package" is ignore. */
export function thingOf({ content }: QuestionReading): string[] {
  const own = content.filter(({ surface }) => !KINDS.has(surface.toLowerCase()));
  return (own.length > 0 ? own : content).map(({ term }) => term);
}

/** The terms of a title up to where it begins to explain: "ws: a WebSocket library" is ws. */
export function nameIn(title: string): ReadonlySet<string> {
  return new Set(contentTerms(title.split(/[:–—(|]|\s-\s|!?\[/)[0] ?? ""));
}

/** Whether a document of this name is about the thing: all its terms, and one more at most. */
export function isNamedAfter(name: ReadonlySet<string>, thing: readonly string[]): boolean {
  return thing.length > 0 && thing.every((term) => name.has(term)) && name.size <= thing.length + 1;
}
