/**
 * Numbers that stand bare in JSON, such as `{"phone": 5551234567}`: a token in their place has to be a string, or the text is
 * no JSON any more.
 */

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** White space, also written as escapes in JSON that is itself a string. */
const SPACE = String.raw`(?:\s|\\{1,7}[nrt]){0,40}`;
/** Behind the name of a member, or behind other numbers of an array that is one; the name's quotation mark, and what escapes it. */
const BEFORE = new RegExp(String.raw`(\\{0,7}")${SPACE}:${SPACE}(?:\[[\d\s,.eE+-]{0,200})?$`);
const ARRAY_BEFORE = /^\s*\[[\d\s,.eE+-]{0,200}$/;
/** Behind strings of an array, whose other elements may be anything but objects and arrays; a string's quotation mark, and what escapes it. */
const ARRAY_OF_ALL = new RegExp(
  String.raw`\[${SPACE}(?:(?:-?\d[\d.eE+-]{0,40}|true|false|null)${SPACE},${SPACE}){0,40}(\\{0,7}")[^"\\]{0,200}\1${SPACE},${SPACE}(?:(?:\1[^"\\]{0,200}\1|-?\d[\d.eE+-]{0,40}|true|false|null)${SPACE},${SPACE}){0,60}$`,
);
const AFTER = new RegExp(String.raw`^${SPACE}(?:[,}\]]|$)`);
/** Characters that are looked at on either side. */
const AROUND = 300;

/** The quotation marks that a string has to have where the number stands, or undefined when it is none of JSON. */
export function quoteForNumber(raw: string, start: number, end: number): string | undefined {
  if (!isEdge(raw.charCodeAt(start)) || !isEdge(raw.charCodeAt(end - 1)) || !mayStand(raw, start, end)) return undefined;
  if (!NUMBER.test(raw.slice(start, end)) || !AFTER.test(raw.slice(end, end + AROUND))) return undefined;
  const before = raw.slice(Math.max(0, start - AROUND), start);
  if (start <= AROUND && ARRAY_BEFORE.test(before)) return '"';
  const quote = (BEFORE.exec(before) ?? ARRAY_OF_ALL.exec(before))?.[1];
  // Each string in a string doubles the backslashes and adds one.
  return quote !== undefined && (quote.length & (quote.length - 1)) === 0 ? quote : undefined;
}

/** Whether the nearest signs are such as stand beside a value of JSON, or white space that is written as an escape. */
function mayStand(raw: string, start: number, end: number): boolean {
  let before = start - 1;
  while (isSpace(raw.charCodeAt(before))) before--;
  if (!BESIDE.has(raw.charCodeAt(before)) && raw.charCodeAt(before - 1) !== BACKSLASH) return false;
  let after = end;
  while (isSpace(raw.charCodeAt(after))) after++;
  return after >= raw.length || BESIDE.has(raw.charCodeAt(after));
}

const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13);
const BESIDE = new Set(Array.from(":,[]}\\", (char) => char.charCodeAt(0)));
const BACKSLASH = "\\".charCodeAt(0);

/** A digit, or the sign of a number. */
function isEdge(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 45;
}
