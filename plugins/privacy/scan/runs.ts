/** Which patterns can begin where a group of digits does, by how many digits follow. */
import type { Anchor } from "./anchors.ts";
import type { Detector } from "./detector.ts";

/** Digits in a run of groups at most: a longer one is a table of numbers. */
const MAX_RUN = 24;
/** A group of at least this many digits is looked at wherever it stands. */
const LONG_GROUP = 7;

const SEPARATORS = ["", " ", "-", "."];
const SIDE = MAX_RUN + 1;

/** The detectors for each separator, length of a run of digits and length of its first group. */
export type RunTable = readonly (readonly Detector[])[];

export function runTable(detectors: readonly Detector[]): RunTable {
  return SEPARATORS.flatMap((separator) =>
    Array.from({ length: SIDE * SIDE }, (_, i) =>
      detectors.filter((detector) => detector.takesRun(Math.floor(i / SIDE), i % SIDE, separator)),
    ),
  );
}

/** How a run of at least three digits begins. */
const RUN_STARTS = ["###", "#.#", "#-#", "# #", "##.", "##-", "## "];

/** How runs begin that one of the detectors takes: those of one or two digits are common, and wanted by few. */
export function runStarts(detectors: readonly Detector[]): Anchor[] {
  const short = detectors.filter(({ digits }) => digits !== undefined && digits[0] < 3);
  const letters = short.flatMap(({ before }) => (before ?? []).map((word) => `#${word.charAt(0)}`));
  const signs = letters.flatMap((start) => ["#", " ", "-"].map((sign) => `#${sign}${start.slice(1)}`));
  const starts = short.some(({ before }) => before === undefined) ? ["#"] : [...RUN_STARTS, ...letters, ...signs];
  return detectors.length === 0 ? [] : starts.map((text) => ({ text, ignoreCase: true, atWord: true }));
}

const NOTHING: readonly Detector[] = [];

/** What to try at `start`, where a run of groups of digits with one separator (space, dash, full stop) begins. */
export function detectorsForRun(bytes: Uint8Array, start: number, table: RunTable): readonly Detector[] {
  let group = 0;
  let run = 0;
  let separator = 0;
  for (let i = start; run <= MAX_RUN; i++) {
    const code = bytes[i] as number;
    if (isDigit(code)) {
      run++;
      continue;
    }
    if (group === 0) group = run;
    if ((code !== 32 && code !== 45 && code !== 46) || (separator !== 0 && code !== separator)) break;
    if (!isDigit(bytes[i + 1] as number)) break;
    separator = code;
  }
  if (group === 0) group = run;
  if (run > MAX_RUN && group < LONG_GROUP) return NOTHING;
  const kind = separator === 0 ? 0 : separator === 32 ? 1 : separator - 43;
  return table[(kind * SIDE + Math.min(run, MAX_RUN)) * SIDE + Math.min(group, MAX_RUN)] ?? NOTHING;
}

export const isDigit = (code: number) => code >= 48 && code <= 57;
