/** What a search is limited to, as flags and the lines of a batch say it. */
import { type DocumentFilter, SynesisError } from "../../kernel/index.ts";

/** Parts of a filter as a person writes them; times in ms. */
export interface FilterFlags {
  readonly type?: readonly string[] | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly tag?: readonly string[] | undefined;
}

export function filterOf({ type, since, until, tag }: FilterFlags, within: readonly string[] = []): DocumentFilter {
  return {
    within,
    ...(type && { types: type.map(typeName) }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { before: until }),
    ...(tag && { tags: tag.map(tagName) }),
  };
}

function typeName(text: string): string {
  const type = text.trim().toLowerCase().replace(/^\./, "");
  if (!/^[\p{L}\p{N}_+#-]{1,32}$/u.test(type))
    throw new SynesisError("USAGE", "A type is a kind of document such as markdown, pdf or code, or an ending such as md or ts.");
  return type;
}

function tagName(text: string): string {
  const tag = text.trim().toLowerCase().replace(/^#/, "");
  if (tag === "") throw new SynesisError("USAGE", "A tag is empty.");
  return tag;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * The time that a date or a date with a time names, in ms; without a zone, the machine's own.
 *
 * @param edge for a date alone, whether its beginning or its end is meant.
 */
export function timeOf(text: string, edge: "begin" | "end"): number {
  const day = DAY.test(text);
  const date = new Date(day ? `${text}T00:00` : text);
  // 2026-02-31 would otherwise be taken as a day of March.
  const isReal = !day || date.getDate() === Number(text.slice(8));
  if (!(day || TIME.test(text)) || Number.isNaN(date.getTime()) || !isReal)
    throw new SynesisError("USAGE", "A date is written 2026-01-31, with a time 2026-01-31T18:30.");
  if (day && edge === "end") date.setDate(date.getDate() + 1);
  return date.getTime();
}
