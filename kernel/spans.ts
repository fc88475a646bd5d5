import { isTypeName } from "./token-format.ts";
import type { Span } from "./types.ts";

/**
 * Chooses among overlapping spans: higher priority first, then the longer, then the earlier. Ranges outside the text
 * and empty ranges are a detector's fault and throw, so that a faulty detector fails closed.
 *
 * @returns disjoint spans in order of position.
 */
export function resolveOverlaps(length: number, spans: readonly Span[]): Span[] {
  for (const span of spans) assertInside(length, span);
  const ranked = [...spans].sort(
    (a, b) => priority(b) - priority(a) || b.end - b.start - (a.end - a.start) || a.start - b.start || (a.type < b.type ? -1 : 1),
  );
  const kept = new DisjointRanges();
  return ranked.filter((span) => kept.add(span.start, span.end)).sort((a, b) => a.start - b.start);
}

function priority(span: Span): number {
  return span.priority ?? 0;
}

function assertInside(length: number, { start, end, type }: Span): void {
  const valid = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length;
  if (!valid) throw new RangeError(`a span of type ${String(type)} lies outside the text`);
  if (!isTypeName(type)) throw new RangeError("a span has a type that cannot be a token's name");
}

/** Accepts ranges that touch none of those accepted before; logarithmic look-up, so that thousands of spans stay cheap. */
class DisjointRanges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(start: number, end: number): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    if (low < this.#starts.length && (this.#starts[low] as number) < end) return false;
    if (low > 0 && (this.#ends[low - 1] as number) > start) return false;
    this.#starts.splice(low, 0, start);
    this.#ends.splice(low, 0, end);
    return true;
  }
}
