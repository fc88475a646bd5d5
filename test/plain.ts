import type { Passage, Redacted, TokenSession } from "../kernel/index.ts";
import { mint } from "../kernel/redacted.ts";

const noTokens: TokenSession = { id: "test", assign: () => [], valueOf: () => undefined, reserve: () => true };

/** A text in which nothing has to be replaced, as the kernel would mint it. */
export function plain(text: string): Redacted {
  return mint(text, [], noTokens, new Set()).text;
}

/** A passage of a document named after its title. */
export function passageOf(id: number, text: string, title = "", score = 1): Passage {
  const path = `${title || id}.md`;
  return { id, path, title: plain(title), heading: plain(""), start: 0, end: text.length, text: plain(text), entities: [], score };
}
