import { benchRedaction, redactionBenchTable } from "./redaction.ts";
import type { BenchRow } from "./table.ts";

/** Prints MB/s and quality; gives the speed as multiples of each peer's, in MB/s of the same text; only peers that are installed. */
export async function runRedactionBench(): Promise<BenchRow[]> {
  const rows = await benchRedaction();
  console.log(`${redactionBenchTable(rows)}\n`);
  const [ours] = rows;
  if (!ours) return [];
  return rows
    .filter(({ name }) => !name.startsWith("superinstance"))
    .flatMap(({ name, pieces, whole }) => [
      { name: "redaction by patterns, 1 KB pieces, MB/s", peer: name, ratio: ours.pieces / pieces, wanted: "at least 2" },
      { name: "redaction by patterns, one string, MB/s", peer: name, ratio: ours.whole / whole, wanted: "at least 2" },
    ]);
}
