import { type Range, splitSentences } from "../../../pipeline/text/sentences.ts";
import { splitDefinitions } from "../definitions.ts";
import type { Section } from "../parsed.ts";

/** Characters of a chunk: about what is aimed at, and the most there may be. */
export interface ChunkSize {
  readonly target: number;
  readonly max: number;
}

export const SIZE: ChunkSize = { target: 1000, max: 1300 };

/** The pieces of a section that stay whole: paragraphs, definitions or lines; none longer than a chunk may be. */
export function unitsOf(text: string, { start, end, layout }: Section, { max }: ChunkSize): Range[] {
  const coarse = layout === "prose" ? paragraphs : layout === "code" ? splitDefinitions : lines;
  const fine = layout === "prose" ? splitSentences : lines;
  return shifted(coarse(text.slice(start, end)), start).flatMap((unit) =>
    unit.end - unit.start <= max
      ? [unit]
      : balance(shifted(fine(text.slice(unit.start, unit.end)), unit.start), max).flatMap((piece) => hardSplit(text, piece, max)),
  );
}

function shifted(ranges: readonly Range[], by: number): Range[] {
  return ranges.map(({ start, end }) => ({ start: start + by, end: end + by }));
}

/** Groups pieces of one long unit into groups of about equal length, none over `max` where the pieces allow it. */
function balance(pieces: readonly Range[], max: number): Range[] {
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (!first || !last) return [];
  const length = last.end - first.start;
  const goal = length / Math.ceil(length / max);
  const groups: Range[] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    const open = group && group.end - group.start < goal && piece.end - group.start <= max;
    if (group && open) groups[groups.length - 1] = { start: group.start, end: piece.end };
    else groups.push(piece);
  }
  return groups;
}

/** Cuts what has no sentence ends or line breaks, at white space where there is some, never inside a character. */
function hardSplit(text: string, { start, end }: Range, max: number): Range[] {
  const pieces: Range[] = [];
  let from = start;
  while (end - from > max) {
    const space = text.slice(from, from + max).lastIndexOf(" "); // within the piece: a text may have no space at all
    let cut = space > max / 2 ? from + space + 1 : from + max;
    if (/[\uDC00-\uDFFF]/.test(text[cut] ?? "")) cut--;
    pieces.push({ start: from, end: cut });
    from = cut;
  }
  return [...pieces, { start: from, end }];
}

function paragraphs(text: string): Range[] {
  return ranges(text, /[^\n]+(?:\n(?![ \t]*\r?(?:\n|$))[^\n]+)*/g);
}

function lines(text: string): Range[] {
  return ranges(text, /[^\n]+/g);
}

function ranges(text: string, pattern: RegExp): Range[] {
  return Array.from(text.matchAll(pattern), (match) => {
    const lead = match[0].length - match[0].trimStart().length;
    return { start: match.index + lead, end: match.index + match[0].trimEnd().length };
  }).filter(({ start, end }) => start < end);
}
