import type Sqlite from "better-sqlite3";
import type { VaultStats } from "../../kernel/index.ts";

/** How much there is, and how much of it is personal: counts, never values. */
export function readStats(db: Sqlite.Database): VaultStats {
  const size = db
    .prepare(
      `SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM chunks) AS chunks,
              (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes`,
    )
    .get() as Pick<VaultStats, "documents" | "chunks" | "bytes">;
  const classes = db.prepare("SELECT ifnull(privacy, 'unknown'), count(*) FROM documents GROUP BY privacy").raw().all();
  const types = db
    .prepare(
      `SELECT found.key AS type, sum(found.value) AS "values", count(*) AS documents
       FROM documents, json_each(personal) AS found WHERE personal <> '{}' GROUP BY found.key ORDER BY sum(found.value) DESC, found.key`,
    )
    .all() as { type: string; values: number; documents: number }[];
  return {
    ...size,
    classes: Object.fromEntries(classes as [string, number][]),
    personal: Object.fromEntries(types.map(({ type, values, documents }) => [type, { values, documents }])),
  };
}
