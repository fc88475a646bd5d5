import type { Chunk, PrivacyFindings } from "../../kernel/index.ts";
import type { Range } from "../../pipeline/text/sentences.ts";
import { mapOffset, sliceMap } from "../../pipeline/text/source-map.ts";
import { definitionName } from "./definitions.ts";
import type { Parsed, Section } from "./parsed.ts";

/** Cuts a section of a text into ranges of the text, in order; they may overlap. */
export type Cutter = (text: string, section: Section) => Range[];

/**
 * Cuts a parsed document into chunks, none of which crosses a heading. Offsets are those of the source.
 *
 * @param found says what personal data stands in a range of the text.
 */
export function chunksOf(parsed: Parsed, cut: Cutter, found?: (range: Range) => PrivacyFindings): Chunk[] {
  return parsed.sections.flatMap((section) =>
    cut(parsed.text, section).map((range) => ({ ...toChunk(parsed, section, range), ...(found && { privacy: found(range) }) })),
  );
}

function toChunk({ text, map }: Parsed, { heading, layout }: Section, { start, end }: Range): Chunk {
  const body = text.slice(start, end);
  const name = layout === "code" ? definitionName(body) : "";
  const chunk = { heading: name || heading, text: body };
  if (!map) return { ...chunk, start, end };
  return { ...chunk, start: mapOffset(map, start), end: mapOffset(map, end - 1) + 1, map: sliceMap(map, start, end) };
}
