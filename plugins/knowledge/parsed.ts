import type { OffsetMap } from "../../kernel/index.ts";

/** How a section is cut: by sentences and paragraphs, by definitions, or by lines. */
export type Layout = "prose" | "code" | "lines";

/** A stretch of a parsed text under one heading. */
export interface Section {
  /** The headings above it, outermost first, joined by " › ". */
  readonly heading: string;
  readonly start: number;
  readonly end: number;
  readonly layout: Layout;
}

/** What a parser makes of a file. */
export interface Parsed {
  /** Empty when the file names none. */
  readonly title: string;
  readonly kind: string;
  readonly text: string;
  /** In order, disjoint. */
  readonly sections: readonly Section[];
  /** What the document says of itself, in small letters, each once. */
  readonly tags?: readonly string[];
  /** Where `text` is not the source itself. */
  readonly map?: OffsetMap;
}

/** A file that is skipped; the message is the reason in plain words. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}
