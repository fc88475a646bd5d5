/** Which patterns can begin where a group of digits does: by how many digits follow, and by what stands before. */

import { type Anchor, JOINED } from "./anchors.ts";
import { byteTable } from "./byte-table.ts";
import type { Detector } from "./detector.ts";

/** Marks the number of a list where a state of the automaton may stand as well. */
export const RUN = 0x10000;
/** Digits in a run of groups at most: a longer one is a table of numbers. */
export const MAX_RUN = 24;
/** A group of at least this many digits is looked at wherever it stands. */
const LONG_GROUP = 7;

/** What may stand between groups of digits, "" for a single group. */
export const SEPARATORS = ["", " ", "-", "."];
/** Lengths of a run, and of its first group; one more than the longest stands for all beyond. */
export const LENGTHS = MAX_RUN + 2;
/** Kinds of characters before a run that patterns tell apart, at most. */
export const BEHIND_KINDS = 16;
export const KIND_ENTRIES = SEPARATORS.length * LENGTHS * LENGTHS;

/** Lists of patterns at most: their numbers have 16 bits. */
export const MAX_LISTS = 1 << 16;
/** Characters behind a run in which a number may go on before a letter has to follow. */
export const NUMBER_LENGTH = 24;
/** What stands in numbers written in groups of any kind. */
export const IN_NUMBER = byteTable(/[0-9 .(-]/, 0);

export interface Runs {
  /** For each byte its kind when it stands before a run; 0 when no pattern may begin there. */
  readonly behind: Uint8Array;
  /** For each kind but 0, separator, length of the run and length of the first group a number of `lists`. */
  readonly table: Uint16Array;
  /** The numbers of the detectors to be tried; the first list is empty. */
  readonly lists: readonly (readonly number[])[];
  /** For each list the letters one of which some of its patterns want behind the number, a bit for each (the low five of its code); all bits when none does. */
  readonly letters: Int32Array;
  /** For each list what is left of it when none of these letters follows, and what is left where a date stands. */
  readonly unlettered: Uint16Array;
  readonly dated: Uint16Array;
}

export function createRuns(detectors: readonly Detector[]): Runs {
  const taken = detectors.flatMap((detector, i) => (detector.digits === undefined ? [] : [i]));
  const all = taken.join();
  const kinds = new Map<string, number>([
    ["", 0],
    [all, all === "" ? 0 : 1],
  ]);
  const behind = Uint8Array.from({ length: 256 }, (_, byte) => {
    const key = JOINED[byte] === 0 ? taken.filter((i) => (detectors[i] as Detector).mayStandBehind(byte)).join() : "";
    // One kind too many is taken for one behind which all may stand: their expressions look at it anyway.
    if (!kinds.has(key) && kinds.size <= BEHIND_KINDS) kinds.set(key, kinds.size);
    return kinds.get(key) ?? 1;
  });
  const lists = new Map<string, number>([["", 0]]);
  const cases = casesOf(detectors, taken);
  const table = new Uint16Array(BEHIND_KINDS * KIND_ENTRIES);
  for (const [allowed, kind] of kinds) {
    if (kind === 0) continue;
    const may = new Set(allowed.split(",").map(Number));
    for (const [entry, owners] of cases.entries()) {
      const key = owners.length === 0 ? "" : owners.filter((i) => may.has(i)).join();
      if (!lists.has(key)) lists.set(key, lists.size);
      table[(kind - 1) * KIND_ENTRIES + entry] = lists.get(key) as number;
    }
  }
  const numbers: number[][] = [];
  const without = (list: readonly number[], leftOut: (detector: Detector) => boolean): number => {
    const key = list.filter((i) => !leftOut(detectors[i] as Detector)).join();
    // One list too many is not made: what it would leave out is looked at again before its expression is tried.
    if (!lists.has(key) && lists.size < MAX_LISTS) lists.set(key, lists.size);
    return lists.get(key) ?? (lists.get(list.join()) as number);
  };
  const unlettered: number[] = [];
  const dated: number[] = [];
  // Goes on with the lists that it adds.
  for (const key of lists.keys()) {
    const list = key === "" ? [] : key.split(",").map(Number);
    numbers.push(list);
    unlettered.push(without(list, ({ before }) => before !== undefined));
    dated.push(without(list, ({ gate }) => gate === "undated"));
  }
  const letters = Int32Array.from(
    numbers,
    (list) => list.reduce((bits, i) => bits | lettersAfter(detectors[i] as Detector), 0) || ANYTHING,
  );
  return { behind, table, lists: numbers, letters, unlettered: Uint16Array.from(unlettered), dated: Uint16Array.from(dated) };
}

const ANYTHING = -1;

function lettersAfter({ before = [] }: Detector): number {
  return before.reduce((bits, word) => bits | (1 << (word.charCodeAt(0) & 31)), 0);
}

/** The detectors for each separator, length of a run and length of its first group. */
function casesOf(detectors: readonly Detector[], taken: readonly number[]): number[][] {
  return SEPARATORS.flatMap((separator) =>
    Array.from({ length: LENGTHS * LENGTHS }, (_, i) => {
      const run = Math.floor(i / LENGTHS);
      const group = i % LENGTHS;
      if (group > run || (run > MAX_RUN && group < LONG_GROUP)) return [];
      return taken.filter((n) => (detectors[n] as Detector).takesRun(Math.min(run, MAX_RUN), Math.min(group, MAX_RUN), separator));
    }),
  );
}

/** How a run of at least three digits begins. */
const RUN_STARTS = ["###", "#.#", "#-#", "# #", "##.", "##-", "## "];

/** How runs begin that one of the detectors takes: those of one or two digits are common, and wanted by few. */
export function runStarts(detectors: readonly Detector[]): Anchor[] {
  const ofDigits = detectors.filter(({ digits }) => digits !== undefined);
  const short = ofDigits.filter(({ digits }) => digits !== undefined && digits[0] < 3);
  const letters = short.flatMap(({ before }) => (before ?? []).map((word) => `#${word.charAt(0)}`));
  const signs = letters.flatMap((start) => ["#", " ", "-"].map((sign) => `#${sign}${start.slice(1)}`));
  const starts = short.some(({ before }) => before === undefined) ? ["#"] : [...RUN_STARTS, ...letters, ...signs];
  return ofDigits.length === 0 ? [] : [...new Set(starts)].map((text) => ({ text, ignoreCase: true, atWord: true }));
}
