import type { Range } from "../../../pipeline/text/sentences.ts";
import type { Cutter } from "../chunk.ts";
import { type ChunkSize, SIZE, unitsOf } from "./units.ts";

/** Paragraphs joined to chunks of about the target; where one is too long, it is cut between sentences. */
export function sentenceCutter(size = SIZE): Cutter {
  return (text, section) => pack(unitsOf(text, section, size), text, size);
}

/** Joins neighbours while they fit the target; a small rest joins the chunk before it where it may. */
export function pack(units: readonly Range[], text: string, { target, max }: ChunkSize): Range[] {
  const chunks: Range[] = [];
  for (const unit of units) {
    const last = chunks.at(-1);
    const joined = last ? unit.end - last.start : Number.POSITIVE_INFINITY;
    if (last && (joined <= target || (joined <= max && unit.end - unit.start < target / 4)))
      chunks[chunks.length - 1] = { start: last.start, end: unit.end };
    else if (text.slice(unit.start, unit.end).trim() !== "") chunks.push(unit);
  }
  return chunks;
}
