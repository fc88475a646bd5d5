/** Stretches of a text as they read without their disguises, and where in the text what is found in them stands. */
import type { Span } from "../../../kernel/index.ts";
import { type Disguises, disguisesIn } from "./disguises.ts";

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

function stretchFrom(text: string, disguises: Disguises, from: number): Stretch {
  const { starts, ends } = disguises;
  const before = from === 0 ? 0 : (ends[from - 1] as number);
  const start = backToSpace(text, Math.max(before, (starts[from] as number) - AROUND), before);
  let end = start;
  let next = from;
  for (; next < disguises.length; next++) {
    if (next > from && (starts[next] as number) > end) break;
    const reach = Math.min(text.length, (ends[next] as number) + AROUND);
    if (reach > end) end = forthToSpace(text, reach);
  }
  const { plain, places } = withoutDisguises(text, { start, end }, disguises, { from, next });
  const rawOf = (offset: number, edge?: "end") => {
    const i = lastAtMost(places, offset);
    const extra = edge === "end" ? 1 : 0;
    if (i < 0) return start + offset + extra;
    const into = offset - (places[i] as number);
    const length = disguises.lengthOf(from + i);
    if (into < length) return (edge === "end" ? ends : starts)[from + i] as number;
    return (ends[from + i] as number) + into - length + extra;
  };
  return { start, end, plain, next, rawOf };
}

/** A range of the text as it reads without some disguises, and where in that each of them stands. */
function withoutDisguises(
  text: string,
  { start, end }: { start: number; end: number },
  { starts, ends, codes }: Disguises,
  { from, next }: { from: number; next: number },
): { plain: string; places: Int32Array } {
  // Numbers instead of pieces of text: there may be as many disguises as characters. What is read lies ahead of what is written.
  const { units, bytes } = end - start <= SCRATCH ? scratch : newScratch(end - start);
  Buffer.from(units.buffer).write(text.slice(start, end), "utf16le");
  const places = new Int32Array(next - from);
  let [read, size, any] = [0, 0, 0];
  for (let i = from; i <= next; i++) {
    for (const stop = i < next ? (starts[i] as number) - start : end - start; read < stop; read++) {
      const unit = units[read] as number;
      units[size++] = unit;
      any |= unit;
    }
    if (i === next) break;
    places[i - from] = size;
    if ((codes[i] as number) >= 0) units[size++] = codes[i] as number;
    read = (ends[i] as number) - start;
  }
  // As bytes where they will do: such strings are looked through faster.
  if (any > 255) return { plain: Buffer.from(units.buffer, 0, 2 * size).toString("utf16le"), places };
  for (let i = 0; i < size; i++) bytes[i] = units[i] as number;
  return { plain: bytes.toString("latin1", 0, size), places };
}

/** Characters of most stretches. */
const SCRATCH = 8_192;
const newScratch = (size: number) => ({ units: new Uint16Array(size), bytes: Buffer.alloc(size) });
const scratch = newScratch(SCRATCH);

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
function lastAtMost(ascending: Int32Array, limit: number): number {
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
