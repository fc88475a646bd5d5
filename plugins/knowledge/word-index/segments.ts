import { saturation } from "../bm25.ts";
import type { Scope } from "../corpus.ts";
import type { Segment } from "./segment.ts";
import { type HashedTerm, hashTerm, numberIn } from "./term-table.ts";

/** The words of many chunks in memory: how many chunks hold a term, and which chunks match a question best. */
export class WordSegments {
  readonly #segments: readonly Segment[];
  readonly #averageLength: number;
  /** Chunks. */
  readonly size: number;
  /** The highest id of a chunk. */
  readonly newest: number;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
    this.size = segments.reduce((sum, { chunks }) => sum + chunks.length, 0);
    this.newest = segments.at(-1)?.chunks.at(-1) ?? 0;
    const words = segments.reduce((sum, { lengths }) => sum + lengths.reduce((all, length) => all + length, 0), 0);
    this.#averageLength = words / Math.max(1, this.size) || 1;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** In how many chunks a term stands. */
  chunksWith(term: string): number {
    const hashed = hashTerm(term);
    return this.#segments.reduce((sum, segment) => {
      const { from, to } = postings(segment, hashed);
      return sum + to - from;
    }, 0);
  }

  /**
   * The ids of the chunks that match best, best first: BM25 over all terms, of the chunks that hold one of the first `rare`.
   */
  best(terms: readonly { readonly term: string; readonly weight: number }[], rare: number, limit: number, scope: Scope): number[] {
    const hashed = terms.map(({ term, weight }) => ({ ...hashTerm(term), weight }));
    const best = new Best(limit);
    const scores = new Float64Array(Math.max(0, ...this.#segments.map(({ chunks }) => chunks.length)));
    for (const segment of this.#segments) {
      const touched = this.#score(segment, hashed, rare, scores);
      for (const row of touched) {
        const score = scores[row] as number;
        scores[row] = 0;
        if (scope === undefined || scope.has(segment.documents[row] as number)) best.offer(segment.chunks[row] as number, score);
      }
    }
    return best.ids();
  }

  /** Adds up scores; returns the rows that have one. */
  #score(segment: Segment, terms: readonly (HashedTerm & { readonly weight: number })[], rare: number, scores: Float64Array): number[] {
    const { rows, mentions, lengths } = segment;
    const touched: number[] = [];
    for (const [i, term] of terms.entries()) {
      const { from, to } = postings(segment, term);
      const { weight } = term;
      for (let at = from; at < to; at++) {
        const row = rows[at] as number;
        const before = scores[row] as number;
        if (before === 0) {
          if (i >= rare) continue;
          touched.push(row);
        }
        scores[row] = before + weight * saturation((mentions[at] as number) / 2, lengths[row] as number, this.#averageLength);
      }
    }
    return touched;
  }
}

function postings({ terms, offsets }: Segment, term: HashedTerm): { from: number; to: number } {
  const number = numberIn(terms, term);
  return number === undefined ? { from: 0, to: 0 } : { from: offsets[number] as number, to: offsets[number + 1] as number };
}

/** The best of what is offered; of equal ones the lower id. */
class Best {
  readonly #limit: number;
  readonly #kept: { readonly id: number; readonly score: number }[] = [];
  #least = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(id: number, score: number): void {
    if (score < this.#least) return;
    this.#kept.push({ id, score });
    if (this.#kept.length >= 4 * this.#limit) this.#cut(); // sorted in batches: cheaper than a heap
  }

  ids(): number[] {
    this.#cut();
    return this.#kept.map(({ id }) => id);
  }

  #cut(): void {
    this.#kept.sort((a, b) => b.score - a.score || a.id - b.id);
    if (this.#kept.length < this.#limit) return;
    this.#kept.length = this.#limit;
    this.#least = (this.#kept[this.#limit - 1] as { score: number }).score;
  }
}
