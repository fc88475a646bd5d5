/** Stretches of a text as they read without their disguises, and where in the text what is found in them stands. */
import type { Span } from "../../../kernel/index.ts";
import { type Disguise, disguisesIn } from "./disguises.ts";

/** Characters on both sides of a disguise that are looked at with it. */
const AROUND = 200;
/** A stretch goes on to the next white space, so that no value is cut, but not further than this. */
const LONGEST_WORD = 4_096;
/** A match this close to where a stretch was cut may be half of something. */
const EDGE = 2;

/**
 * Adds to `spans` what `scan` finds besides in the stretches of `text` around its disguises, read without them.
 *
 * @param signs which signs of disguises the text may have, see `signs.ts`.
 */
export function addDisguised(text: string, signs: number, scan: (plain: string) => readonly Span[], spans: Span[]): void {
  const disguises = disguisesIn(text, signs);
  if (disguises.length === 0) return;
  const found: Span[] = [];
  for (let from = 0; from < disguises.length; ) {
    const stretch = stretchFrom(text, disguises, from);
    for (const span of scan(stretch.plain)) {
      const placed = { ...span, start: stretch.rawOf(span.start), end: stretch.rawOf(span.end - 1, "end") };
      if (isWhole(placed, stretch, text.length)) found.push(placed);
    }
    from = stretch.next;
  }
  addMissing(found, spans);
}

/** Adds to `spans` those of `found` that are not among them. */
function addMissing(found: readonly Span[], spans: Span[]): void {
  if (found.length === 0) return;
  const missing = Map.groupBy(found, ({ start }) => start);
  for (const { start, end, type } of spans) {
    const here = missing.get(start);
    if (here?.some((span) => span.end === end && span.type === type))
      missing.set(
        start,
        here.filter((span) => span.end !== end || span.type !== type),
      );
  }
  for (const list of missing.values()) spans.push(...list);
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly plain: string;
  /** The first disguise beyond it. */
  readonly next: number;
  /** Where in the text the character at an offset of `plain` begins or ends. */
  rawOf(offset: number, edge?: "end"): number;
}

function stretchFrom(text: string, disguises: readonly Disguise[], from: number): Stretch {
  const before = (disguises[from - 1] as Disguise | undefined)?.end ?? 0;
  const first = disguises[from] as Disguise;
  const start = backToSpace(text, Math.max(before, first.start - AROUND), before);
  /** For each disguise where it stands in `plain`, and how long it is there. */
  const places: number[] = [];
  let plain = "";
  let at = start;
  let end = start;
  let next = from;
  for (; next < disguises.length; next++) {
    const disguise = disguises[next] as Disguise;
    if (next > from && disguise.start > end) break;
    if (at < disguise.start) plain += text.slice(at, disguise.start);
    places.push(plain.length);
    plain += disguise.plain;
    at = disguise.end;
    const reach = Math.min(text.length, at + AROUND);
    if (reach > end) end = forthToSpace(text, reach);
  }
  plain += text.slice(at, end);
  const rawOf = (offset: number, edge?: "end") => {
    const i = lastAtMost(places, offset);
    const extra = edge === "end" ? 1 : 0;
    if (i < 0) return start + offset + extra;
    const disguise = disguises[from + i] as Disguise;
    const into = offset - (places[i] as number);
    if (into < disguise.plain.length) return edge === "end" ? disguise.end : disguise.start;
    return disguise.end + into - disguise.plain.length + extra;
  };
  return { start, end, plain, next, rawOf };
}

function backToSpace(text: string, from: number, stop: number): number {
  let at = from;
  for (const least = Math.max(stop, from - LONGEST_WORD); at > least && text.charCodeAt(at - 1) > 32; ) at--;
  return at;
}

function forthToSpace(text: string, from: number): number {
  let at = from;
  for (const most = Math.min(text.length, from + LONGEST_WORD); at < most && text.charCodeAt(at) > 32; ) at++;
  return at;
}

/** The last of the ascending numbers that is at most `limit`; -1 for none. */
function lastAtMost(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isWhole({ start, end }: Span, stretch: Stretch, length: number): boolean {
  return (start >= stretch.start + EDGE || stretch.start === 0) && (end <= stretch.end - EDGE || stretch.end === length);
}
