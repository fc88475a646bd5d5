import type { PlantedText } from "./redaction-corpus.ts";

/** A range that a detector has marked. */
export interface Marked {
  readonly start: number;
  readonly end: number;
}

export interface Quality {
  /** Planted values of which 90% are covered. */
  readonly recall: number;
  /** Marked ranges of which half is planted. */
  readonly precision: number;
  /** Clean characters that are marked. */
  readonly over: number;
}

/** @param allMarked for each text what was marked in it. */
export function quality(texts: readonly PlantedText[], allMarked: readonly (readonly Marked[])[]): Quality {
  const counts = { planted: 0, found: 0, marked: 0, right: 0, clean: 0, over: 0 };
  for (const [n, { text, spans }] of texts.entries()) {
    const marked = allMarked[n] ?? [];
    const truth = covered(text.length, spans);
    const hidden = covered(text.length, marked);
    const share = (mask: Uint8Array, { start, end }: { start: number; end: number }) =>
      mask.subarray(start, end).reduce((sum, bit) => sum + bit, 0) / (end - start);
    counts.planted += spans.length;
    counts.found += spans.filter((span) => share(hidden, span) >= 0.9).length;
    counts.marked += marked.length;
    counts.right += marked.filter((span) => share(truth, span) >= 0.5).length;
    for (const [i, bit] of truth.entries())
      if (bit === 0) {
        counts.clean++;
        if (hidden[i] === 1) counts.over++;
      }
  }
  return { recall: counts.found / counts.planted, precision: counts.right / counts.marked, over: counts.over / counts.clean };
}

function covered(length: number, spans: readonly { readonly start: number; readonly end: number }[]): Uint8Array {
  const mask = new Uint8Array(length);
  for (const { start, end } of spans) mask.fill(1, start, end);
  return mask;
}
