/** A range of a text, UTF-16 code units, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

// A full stop after these does not end a sentence.
const ABBREVIATIONS = new Set(
  "mr mrs ms dr prof sr jr st mt ft gen col sgt capt lt maj adm rev hon gov sen rep pres vs etc inc ltd co corp dept univ no nos vol vols fig figs eq eqs sec ch pp p ed eds al cf ca approx est e.g i.e eg ie a.k.a u.s u.k u.n d.c b.c a.d a.m p.m ph.d jan feb mar apr jun jul aug sep sept oct nov dec".split(
    " ",
  ),
);

// The end of a sentence: its mark, whatever closes around it, and white space; or an empty line; or the start of a list
// item, a heading or a table row on a new line. Every repetition is bounded by what cannot match its neighbour.
const BOUNDARY =
  /([.!?…])["'”’)\]*_]{0,4}(?=\s|$)|[。！？]["'”’）」』]{0,4}|\n[ \t]*\n\s*|\n(?=[ \t]{0,8}(?:[-*+•]|\d{1,3}[.)]|#{1,6}|\|)\s?)/gu;

/**
 * The sentences of a text, in order, without the white space between them. Lines of lists, headings and tables are
 * sentences of their own; an ordinary line break is not an end.
 */
export function splitSentences(text: string): Range[] {
  const sentences: Range[] = [];
  let start = 0;
  for (const match of text.matchAll(BOUNDARY)) {
    const end = match.index + match[0].length;
    if (match[1] === "." && !endsSentence(text, match.index, end)) continue;
    pushTrimmed(sentences, text, start, end);
    start = end;
  }
  pushTrimmed(sentences, text, start, text.length);
  return sentences;
}

/** Whether the full stop at `dot` ends a sentence: not after an abbreviation or an initial, nor before a small letter. */
function endsSentence(text: string, dot: number, after: number): boolean {
  const next = /\S/u.exec(text.slice(after, after + 8))?.[0];
  if (next !== undefined && /[\p{Ll},;:]/u.test(next)) return false;
  const word = /[\p{L}\p{N}.]{1,12}$/u.exec(text.slice(Math.max(0, dot - 12), dot))?.[0] ?? "";
  if (/^\p{Lu}$/u.test(word)) return /[\n]/.test(text.slice(after, after + 2));
  return !ABBREVIATIONS.has(word.toLowerCase());
}

function pushTrimmed(sentences: Range[], text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  if (start < end) sentences.push({ start, end });
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000;
}
