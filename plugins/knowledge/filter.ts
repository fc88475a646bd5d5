import type { DocumentFilter } from "../../kernel/index.ts";
import { below } from "./below.ts";

/** Whether every document meets the filter. */
export function isEmptyFilter({ within, types = [], tags = [], since, before }: DocumentFilter): boolean {
  return within.length + types.length + tags.length === 0 && since === undefined && before === undefined;
}

/** SQL over `documents` that holds for those that meet the filter, and what to bind. */
export function filterSql({ within, types = [], since, before, tags = [] }: DocumentFilter): { sql: string; bind: (string | number)[] } {
  const { sql, bind } = below("path", within);
  const parts: { sql: string; bind: (string | number)[] }[] = [{ sql, bind }];
  if (types.length > 0) parts.push({ sql: types.map(() => OF_TYPE).join(" OR "), bind: types.flatMap(ofType) });
  // What is not a file has no time, and so is neither before nor after one.
  if (since !== undefined || before !== undefined) parts.push({ sql: "modified > 0", bind: [] });
  if (since !== undefined) parts.push({ sql: "modified >= ?", bind: [since] });
  if (before !== undefined) parts.push({ sql: "modified < ?", bind: [before] });
  for (const tag of tags) parts.push({ sql: HAS_TAG, bind: [tag] });
  return { sql: parts.map((part) => `(${part.sql})`).join(" AND "), bind: parts.flatMap((part) => part.bind) };
}

const HAS_TAG = "tags <> '[]' AND ? IN (SELECT value FROM json_each(tags))";
const OF_TYPE = "kind = ? OR lower(substr(path, ?)) = ?";

function ofType(type: string): [kind: string, from: number, ending: string] {
  return [type, -type.length - 1, `.${type}`];
}
