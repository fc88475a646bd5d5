import { hostileTable } from "./hostile.ts";
import { benchRedaction, benchTextKinds, detectorSets, FASTEST_PEER, redactionBenchTable } from "./redaction.ts";
import type { BenchRow } from "./table.ts";

/** From this recall on a peer finds enough to be compared by far. */
const FAIR_RECALL = 0.4;

/** Prints MB/s, quality and the cost of hostile texts; gives the speed as multiples of each peer's, in MB/s of the same text. */
export async function runRedactionBench(): Promise<BenchRow[]> {
  const sets = await detectorSets();
  const rows = await benchRedaction(sets);
  console.log(`${redactionBenchTable(rows)}\n\n${hostileTable(sets)}\n`);
  const [ours] = rows;
  const [patterns] = sets;
  if (!ours || !patterns) return [];
  const kinds = benchTextKinds(patterns).map(({ kind, own, peer }) => ({
    ...{ name: `redaction by patterns, ${kind}, MB/s`, peer: FASTEST_PEER, ratio: own / peer, wanted: "at least 2" },
  }));
  const own = new Set(sets.map(([name]) => name));
  const planted = rows
    .filter(({ name }) => !own.has(name))
    .flatMap(({ name, pieces, whole, recall = 0 }) => {
      const wanted = `at least ${recall > FAIR_RECALL ? 40 : 2}`;
      return [
        { name: "redaction by patterns, 1 KB pieces, MB/s", peer: name, ratio: ours.pieces / pieces, wanted },
        { name: "redaction by patterns, one string, MB/s", peer: name, ratio: (ours.whole ?? 0) / (whole ?? Number.NaN), wanted },
      ];
    });
  return [...planted, ...kinds];
}
