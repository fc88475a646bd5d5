/**
 * How a token looks, and how it is found again after a model has rewritten it.
 *
 * Written form: `[TYPE_NN]`, or, where a number stands bare in JSON, `"[TYPE_NN#]"`: the sign says that the quotation marks
 * belong to the token. Read back: any letter case, spaces or markdown around it, spaces, dashes or backslash
 * before the number, other brackets, or none around capitals. The type and the number must match; nothing is guessed by likeness.
 */

/** A place in a text that reads as a token. */
export interface TokenPlace {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly number: number;
  /** The quotation mark on either side that belongs to it, with what escapes it. */
  readonly quote?: string;
}

const TYPE_NAME = /^[A-Z][A-Z0-9]{0,23}(?:_[A-Z][A-Z0-9]{0,23}){0,3}$/;

/** Names that were seen to be right, so that the many spans of a text do not have theirs looked at again. */
const RIGHT = new Set<string>();
const MAX_RIGHT = 1_000;

/** Whether `type` can stand in a token: upper-case parts joined by underscores, each starting with a letter. */
export function isTypeName(type: string): boolean {
  if (RIGHT.has(type)) return true;
  const right = TYPE_NAME.test(type);
  if (right && RIGHT.size < MAX_RIGHT) RIGHT.add(type);
  return right;
}

/**
 * The written form: at least two digits, so that tokens of a short text have one width.
 *
 * @param quote the quotation marks that the token brings along, see `quoteForNumber`.
 */
export function formatToken(type: string, number: number, quote?: string): string {
  const name = number < 10 ? `${type}_0${number}` : `${type}_${number}`;
  return quote === undefined ? `[${name}]` : `${quote}[${name}#]${quote}`;
}

/** No written form of a token is longer, in UTF-16 code units: what a stream has to hold back. */
export const MAX_TOKEN_LENGTH = 160;

// A name is letters and digits in parts joined by one underscore, the last part being the number. Names are bounded to
// four parts and the separator to a few characters, so that hostile text costs a constant for each starting point.
// Round brackets are an author's own more often than a token's: they stay.
const NAME = String.raw`[A-Za-z][A-Za-z0-9]{0,23}(?:\\?[_ -][A-Za-z][A-Za-z0-9]{0,23}){0,3}`;
const NUMBER = String.raw`(?:\\?[_-]|\s){1,2}(\d{1,7})`;
const BRACKETED = String.raw`\\?[[{<【［「]\s{0,3}(${NAME})${NUMBER}(#)?\s{0,3}\\?[\]}>】］」]`;
const IN_ROUND = String.raw`(?<=\()(${NAME})${NUMBER}(?=\))`;
const BARE = String.raw`(?<![A-Za-z0-9_])([A-Z][A-Z0-9]{1,23}(?:\\?_[A-Z][A-Z0-9]{0,23}){0,3})\\?_(\d{1,7})(?![A-Za-z0-9_])`;
const TOKEN = new RegExp(`${BRACKETED}|${IN_ROUND}|${BARE}`, "y");
/** What every token has: an opening bracket before a name and a number, or an underscore before its number. */
const MARK = /[[{<【［「(](?=\s{0,3}[A-Za-z][A-Za-z0-9\\_\s-]{0,110}?[_\s-]\d)|(?<=[A-Z0-9\\])_\d/g;
/**
 * How every token ends: a closing bracket behind a number that follows a name, or an underscore and a digit. Texts have far
 * more brackets than numbers before them, so that most are passed over at once.
 */
const TRACE = /[\]}>】］」)_](?:(?<=[\d#\s\\].)(?<=[A-Za-z0-9](?:\\?[_-]|\s){1,2}\d{1,7}#?\s{0,3}\\?.)|(?<=[A-Z0-9\\]_)\d)/;
const UNFINISHED =
  /(?:(?:\\{0,7}")?\\?[[{<【［「(][\sA-Za-z0-9_\\-]{0,127}(?:#\s{0,3}\\?(?:[\]}>】］」]\\{0,7})?)?|\\{0,7}"|(?<![A-Za-z0-9_])[A-Z][A-Z0-9_\\]{0,127}|\\{1,8})$/;

/** Where a token may have begun that the next piece of the text goes on with; the length of the text when nowhere. */
export function unfinishedToken(text: string): number {
  const from = Math.max(0, text.length - MAX_TOKEN_LENGTH - 1);
  const tail = text.slice(from);
  const at = tail.search(UNFINISHED);
  if (at < 0) return text.length;
  // A quotation mark may begin a token, unless it ends one.
  const before = tail.includes("#")
    ? findTokens(tail).find(({ start, end, quote }) => quote !== undefined && start < at && at < end)
    : undefined;
  return from + (before?.end ?? at);
}

/** Every place of `text` that reads as a token, known or not, in order. */
export function findTokens(text: string): TokenPlace[] {
  const places: TokenPlace[] = [];
  if (!TRACE.test(text)) return places;
  let end = 0;
  MARK.lastIndex = 0;
  while (MARK.test(text)) {
    const mark = isDigit(text.charCodeAt(MARK.lastIndex - 1)) ? MARK.lastIndex - 2 : MARK.lastIndex - 1;
    if (mark < end) continue;
    const place = tokenAt(text, Math.max(end, startBefore(text, mark)), end);
    if (!place) continue;
    places.push(place);
    end = place.end;
    MARK.lastIndex = end;
  }
  return places;
}

/** Where a token with its mark at `at` would begin. */
function startBefore(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === ROUND) return at + 1;
  if (code !== UNDERSCORE) return at > 0 && text.charCodeAt(at - 1) === BACKSLASH ? at - 1 : at;
  let start = at;
  for (const stop = at - MAX_TOKEN_LENGTH; start > stop && isBare(text, start - 1); ) start--;
  return start;
}

const [ROUND, UNDERSCORE, BACKSLASH] = Array.from("(_\\", (char) => char.charCodeAt(0));

const isDigit = (code: number) => code >= 48 && code <= 57;

/** Whether the character at `at` can stand in a token without brackets. */
function isBare(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === BACKSLASH) return text.charCodeAt(at + 1) === UNDERSCORE;
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === UNDERSCORE;
}

/** @param floor where the token before it ends. */
function tokenAt(text: string, at: number, floor: number): TokenPlace | undefined {
  TOKEN.lastIndex = at;
  const match = TOKEN.exec(text);
  if (!match) return undefined;
  const [whole, inBrackets, itsDigits, sign, inRound, theirDigits, bare = "", digits = ""] = match;
  const token = { type: canonicalType(inBrackets ?? inRound ?? bare), number: Number(itsDigits ?? theirDigits ?? digits) };
  const end = at + whole.length;
  const quote = sign === undefined ? undefined : quoteAround(text, at, end, floor);
  return quote === undefined ? { start: at, end, ...token } : { start: at - quote.length, end: end + quote.length, ...token, quote };
}

const QUOTE = '"'.charCodeAt(0);
/** As many backslashes as strings in strings in strings have. */
const MAX_ESCAPES = 7;

/** The quotation mark that stands on both sides of a range, with the backslashes before it. */
function quoteAround(text: string, start: number, end: number, floor: number): string | undefined {
  if (start <= floor || text.charCodeAt(start - 1) !== QUOTE) return undefined;
  let from = start - 1;
  for (const stop = Math.max(floor, from - MAX_ESCAPES); from > stop && text.charCodeAt(from - 1) === BACKSLASH; ) from--;
  const quote = text.slice(from, start);
  return text.startsWith(quote, end) ? quote : undefined;
}

function canonicalType(name: string): string {
  return name.replace(/\\?[_ -]/g, "_").toUpperCase();
}
