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
  const pair = pairAt(map, offset);
  return (map[pair + 1] as number) + Math.max(0, offset - (map[pair] as number));
}

/** The part of a map that covers `start` to `end` of the text, with text offsets counted from `start`. */
export function sliceMap(map: OffsetMap, start: number, end: number): OffsetMap {
  const part = [0, mapOffset(map, start)];
  for (let i = pairAt(map, start) + 2; i < map.length && (map[i] as number) < end; i += 2) {
    const at = map[i] as number;
    if (at > start) part.push(at - start, map[i + 1] as number);
  }
  return part;
}

/** The index in the map of the last pair at or before `offset`. */
function pairAt(map: OffsetMap, offset: number): number {
  let low = 0;
  let high = map.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((map[2 * middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return 2 * low;
}
