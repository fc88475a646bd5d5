import { type DocumentFilter, SynesisError } from "../../kernel/index.ts";
import type { BatchLine } from "../../pipeline/batch.ts";
import { type FilterFlags, filterOf, timeOf } from "./filter.ts";
import { absolutePaths } from "./paths.ts";

/** The filter of one line of a batch: what it says itself, else what the flags say. */
export function filterOfLine(line: BatchLine, flags: FilterFlags & { readonly path?: readonly string[] | undefined }): DocumentFilter {
  const since = textsOf(line, "since")?.[0];
  const until = textsOf(line, "until")?.[0];
  const merged = {
    type: textsOf(line, "type") ?? flags.type,
    since: since === undefined ? flags.since : timeOf(since, "begin"),
    until: until === undefined ? flags.until : timeOf(until, "end"),
    tag: textsOf(line, "tag") ?? flags.tag,
  };
  return filterOf(merged, absolutePaths(textsOf(line, "path") ?? flags.path ?? []));
}

/** A field that is a text or a list of texts. */
function textsOf(line: BatchLine, field: string): string[] | undefined {
  const value = line[field];
  if (value === undefined) return undefined;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (!values.every((each) => typeof each === "string"))
    throw new SynesisError("BATCH_LINE_INVALID", `"${field}" is a text or a list of texts.`);
  return values;
}
