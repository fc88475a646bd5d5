/** The worst that hostile texts of 100,000 characters cost each set of detectors, in processor time. */
import type { Span } from "../../kernel/index.ts";
import { hostileTexts } from "../../plugins/privacy/scan/hostile.ts";
import { cpuMs } from "./cpu-time.ts";
import { formatTable } from "./table.ts";

const LENGTH = 100_000;
const RUNS = 5;
const LIMIT_MS = 10;
const WORST = 5;

/** A table with a line for each set: how many texts stay within the limit, and the slowest. */
export function hostileTable(sets: readonly (readonly [name: string, detect: (text: string) => Span[]])[]): string {
  const texts = hostileTexts(LENGTH);
  const rows = sets.map(([name, detect]) => {
    const times = texts.map(({ name, text }) => ({ name, ms: Math.min(...Array.from({ length: RUNS }, () => cpuMs(() => detect(text)))) }));
    const slowest = times.sort((a, b) => b.ms - a.ms).slice(0, WORST);
    const within = times.filter(({ ms }) => ms <= LIMIT_MS).length;
    return [name, `${within} of ${texts.length}`, slowest.map(({ name, ms }) => `${name} ${ms.toFixed(1)}`).join(", ")];
  });
  return formatTable([`hostile texts of ${LENGTH / 1000} kB`, `within ${LIMIT_MS} ms`, "slowest, ms"], rows);
}
