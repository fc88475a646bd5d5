import { formatTable } from "../bench/table.ts";
import type { EvalReport } from "./main.ts";
import { evaluateRetrieval } from "./retrieval.ts";

/** Retrieval as a table: one line for each collection and way of searching. */
export async function runRetrieval(dataDir: string): Promise<EvalReport> {
  const rows = await evaluateRetrieval(dataDir);
  const measures = [...new Set(rows.flatMap((row) => Object.keys(row.measures)))];
  return {
    figures: Object.fromEntries(
      rows.flatMap((row) => Object.entries(row.measures).map(([measure, value]) => [`${row.collection} ${row.system}: ${measure}`, value])),
    ),
    text: formatTable(
      ["collection", "search", ...measures],
      rows.map((row) => [row.collection, row.system, ...measures.map((measure) => row.measures[measure]?.toFixed(3) ?? "")]),
    ),
  };
}
