/** What crosses to the thread that looks through large texts. */
import type { Span } from "../../../kernel/index.ts";
import type { Pattern } from "../patterns/pattern.ts";

export interface LargeTextApi extends Record<string, (...args: never[]) => unknown> {
  /**
   * @param patterns what to look for besides the built-in patterns and names.
   * @param people names that are known already.
   */
  detect(raw: string, patterns: readonly Pattern[], people: readonly string[]): Promise<PackedSpans>;
}

/** Many spans in two pieces, since a million objects take long to cross: four numbers each, and the types by number. */
export interface PackedSpans {
  readonly numbers: Float64Array;
  readonly types: readonly string[];
}

export function packSpans(spans: readonly Span[]): PackedSpans {
  const types = [...new Set(spans.map(({ type }) => type))];
  const numberOf = new Map(types.map((type, i) => [type, i]));
  const numbers = new Float64Array(spans.length * 4);
  for (const [i, { start, end, type, priority = 0 }] of spans.entries())
    numbers.set([start, end, numberOf.get(type) ?? 0, priority], i * 4);
  return { numbers, types };
}

export function unpackSpans({ numbers, types }: PackedSpans): Span[] {
  return Array.from({ length: numbers.length / 4 }, (_, i) => {
    const [start = 0, end = 0, type = 0, priority = 0] = numbers.subarray(i * 4, i * 4 + 4);
    return { start, end, type: types[type] as string, priority };
  });
}
