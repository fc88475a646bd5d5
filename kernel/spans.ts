import { isTypeName } from "./token-format.ts";
import type { Span } from "./types.ts";

/**
 * Settles overlapping spans: higher priority first, then the longer, then the earlier. What a span covers beyond those
 * before it stays covered, under its own type: nothing that a detector wants hidden becomes readable because another
 * detector took a part of it. Ranges outside the text and empty ranges are a detector's fault and throw, so that a
 * faulty detector fails closed.
 *
 * @returns disjoint spans in order of position.
 */
export function resolveOverlaps(text: string, spans: readonly Span[]): Span[] {
  for (const span of spans) assertInside(text.length, span);
  const ordered = inOrder(spans) ? spans : [...spans].sort((a, b) => a.start - b.start);
  const settled: Span[] = [];
  for (let from = 0; from < ordered.length; ) {
    let to = from + 1;
    for (let end = (ordered[from] as Span).end; to < ordered.length && (ordered[to] as Span).start < end; to++)
      end = Math.max(end, (ordered[to] as Span).end);
    if (to === from + 1) settled.push(ordered[from] as Span);
    else for (const span of settle(text, ordered.slice(from, to))) settled.push(span);
    from = to;
  }
  return settled;
}

function inOrder(spans: readonly Span[]): boolean {
  for (let i = 1; i < spans.length; i++) if ((spans[i] as Span).start < (spans[i - 1] as Span).start) return false;
  return true;
}

/** Settles spans that touch each other. */
function settle(text: string, spans: readonly Span[]): Span[] {
  const first = spans.reduce((best, span) => (byRank(span, best) < 0 ? span : best));
  if (spans.every(({ start, end }) => start >= first.start && end <= first.end)) return [first];
  const ranked = [...spans].sort(byRank);
  const kept = new DisjointRanges();
  return ranked
    .flatMap((span) => {
      const free = kept.add(span.start, span.end);
      if (free.length === 1 && free[0]?.[0] === span.start && free[0][1] === span.end) return [span];
      return free.filter(([start, end]) => READABLE.test(text.slice(start, end))).map(([start, end]) => ({ ...span, start, end }));
    })
    .sort((a, b) => a.start - b.start);
}

function byRank(a: Span, b: Span): number {
  return priority(b) - priority(a) || b.end - b.start - (a.end - a.start) || a.start - b.start || (a.type < b.type ? -1 : 1);
}

const READABLE = /[\p{L}\p{N}]/u;

function priority(span: Span): number {
  return span.priority ?? 0;
}

function assertInside(length: number, { start, end, type }: Span): void {
  const valid = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length;
  if (!valid) throw new RangeError(`a span of type ${String(type)} lies outside the text`);
  if (!isTypeName(type)) throw new RangeError("a span has a type that cannot be a token's name");
}

/** Takes ranges, each as far as none before it did; logarithmic look-up, so that thousands of spans stay cheap. */
class DisjointRanges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** The parts of the range that were free. */
  add(start: number, end: number): [start: number, end: number][] {
    let at = this.#firstEndingAfter(start);
    const free: [number, number][] = [];
    let from = start;
    while (at < this.#starts.length && (this.#starts[at] as number) < end) {
      const next = this.#starts[at] as number;
      if (from < next) {
        free.push([from, next]);
        this.#insert(at++, from, next);
      }
      from = this.#ends[at] as number;
      at++;
    }
    if (from < end) {
      free.push([from, end]);
      this.#insert(at, from, end);
    }
    return free;
  }

  #insert(at: number, start: number, end: number): void {
    this.#starts.splice(at, 0, start);
    this.#ends.splice(at, 0, end);
  }

  #firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] as number) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
