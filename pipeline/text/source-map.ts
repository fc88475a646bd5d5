import type { OffsetMap } from "../../kernel/index.ts";

/**
 * The offset in the source that belongs to `offset` in the raw text of a chunk or passage. For the end of a range pass
 * "end": it is then just behind the source of the character before it.
 */
export function sourceOffset(
  chunk: { readonly start: number; readonly map?: OffsetMap | undefined },
  offset: number,
  edge: "start" | "end" = "start",
): number {
  if (!chunk.map) return chunk.start + offset;
  return edge === "end" && offset > 0 ? mapOffset(chunk.map, offset - 1) + 1 : mapOffset(chunk.map, offset);
}

/** Looks `offset` up in a map. */
export function mapOffset(map: OffsetMap, offset: number): number {
  let low = 0;
  let high = map.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((map[2 * middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return (map[2 * low + 1] as number) + Math.max(0, offset - (map[2 * low] as number));
}

/** The part of a map that covers `start` to `end` of the text, with text offsets counted from `start`. */
export function sliceMap(map: OffsetMap, start: number, end: number): OffsetMap {
  const part = [0, mapOffset(map, start)];
  for (let i = 0; i < map.length; i += 2) {
    const at = map[i] as number;
    if (at > start && at < end) part.push(at - start, map[i + 1] as number);
  }
  return part;
}
