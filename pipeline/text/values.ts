/** The parts of a text that answer who, where, when and how many: names, dates and numbers. */
import { fold, STOP_WORDS, type Word, words } from "./terms.ts";

export type ValueKind = "name" | "date" | "number";

export interface Value {
  readonly kind: ValueKind;
  readonly start: number;
  readonly end: number;
  /** The compared forms of its words. */
  readonly terms: readonly string[];
}

const MONTHS = "january february march april may june july august september october november december";
const DAYS = "monday tuesday wednesday thursday friday saturday sunday";
const CALENDAR = new Set(`${MONTHS} ${DAYS}`.split(" "));
const PERIODS = new Set("century centuries decade decades bc ad bce ce".split(" "));
const NUMBER_WORDS = new Set(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion billions trillion dozen dozens half third thirds quarter quarters twice triple double percent none several first second fourth fifth sixth".split(
    " ",
  ),
);
// Small words that may stand inside a name: "House of Lords", "Charles de Gaulle".
const LINKS = new Set("of the de la le du des van von der den di da al el and for y e".split(" "));

/** Every name, date and number of `text`, in order. `read` are its words, where they are known already. */
export function findValues(text: string, read: readonly Word[] = words(text)): Value[] {
  const values: Value[] = [];
  for (let i = 0; i < read.length; ) {
    const found = dateAt(text, read, i) ?? numberAt(read, i) ?? nameAt(text, read, i);
    if (found) values.push(toValue(found.kind, read.slice(i, found.next)));
    i = found?.next ?? i + 1;
  }
  return values;
}

interface Found {
  readonly kind: ValueKind;
  /** Index of the word after it. */
  readonly next: number;
}

function toValue(kind: ValueKind, run: readonly Word[]): Value {
  return { kind, start: run[0]?.start ?? 0, end: run.at(-1)?.end ?? 0, terms: run.map(({ term }) => term) };
}

function dateAt(text: string, read: readonly Word[], from: number): Found | undefined {
  let next = from;
  let certain = false;
  while (next < read.length && (next === from || isJoined(text, read, next))) {
    const word = read[next] as Word;
    const low = fold(word.surface);
    const dated = isYear(low) || isCalendar(word) || PERIODS.has(low);
    if (!dated && !/^\d{1,2}(?:st|nd|rd|th)?$/.test(low)) break;
    certain ||= isYear(low) || isCalendar(word) || (PERIODS.has(low) && next > from);
    next++;
  }
  return certain ? { kind: "date", next } : undefined;
}

/** "may" and "march" are months only with a capital, and "May" only within a sentence or beside a number. */
function isCalendar({ surface }: Word): boolean {
  return /^\p{Lu}/u.test(surface) && CALENDAR.has(fold(surface));
}

function isYear(low: string): boolean {
  return /^(?:1\d{3}|20\d{2}|[2-9]\d{2}s|1\d{3}s|20\d{2}s)$/.test(low);
}

/** Whether a word follows the one before with nothing but spaces, commas, dashes or currency signs between. */
function isJoined(text: string, read: readonly Word[], at: number): boolean {
  const before = read[at - 1] as Word;
  return /^[\s,.\-–—]{1,2}$/.test(text.slice(before.end, read[at]?.start));
}

function numberAt(read: readonly Word[], from: number): Found | undefined {
  let next = from;
  while (next < read.length && isNumberWord((read[next] as Word).surface)) next++;
  return next > from ? { kind: "number", next } : undefined;
}

/** Whether a word is a number, in digits or spelt out. */
export function isNumberWord(surface: string): boolean {
  return /^\d/.test(surface) || NUMBER_WORDS.has(fold(surface));
}

function nameAt(text: string, read: readonly Word[], from: number): Found | undefined {
  if (!startsName(text, read, from)) return undefined;
  let next = from + 1;
  while (next < read.length && /^[\s.\-–'’]{1,2}$/.test(text.slice((read[next - 1] as Word).end, (read[next] as Word).start))) {
    const word = read[next] as Word;
    if (isCapitalised(word)) next++;
    else if (LINKS.has(word.surface) && linksOn(text, read, next)) next += 2;
    else break;
  }
  return { kind: "name", next };
}

function linksOn(text: string, read: readonly Word[], at: number): boolean {
  const after = read[at + 1];
  return after !== undefined && isCapitalised(after) && /^\s$/.test(text.slice((read[at] as Word).end, after.start));
}

function isCapitalised({ surface }: Word): boolean {
  return /^\p{Lu}/u.test(surface) && !STOP_WORDS.has(surface.toLowerCase());
}

/** A capital makes a name, except at the start of a sentence, where it takes a second one. */
function startsName(text: string, read: readonly Word[], at: number): boolean {
  const word = read[at] as Word;
  if (!isCapitalised(word)) return false;
  const opening = at === 0 || /[.!?:\n]["'”’)\]]*\s*["'“‘([]*$/.test(text.slice((read[at - 1] as Word).end, word.start));
  if (!opening) return true;
  const next = read[at + 1];
  return next !== undefined && (isCapitalised(next) || (LINKS.has(next.surface) && linksOn(text, read, at + 1)));
}
