/**
 * Writings that hide what a text says from whoever looks for it: URL encoding, escapes of JSON and code, entities of HTML,
 * quoted-printable, strings in pieces, characters that are not seen, and look-alikes of digits, letters, dashes and spaces.
 */

import { ALL_SIGNS, BEYOND_ASCII, BEYOND_LATIN1, PAIR, SINGLE } from "./signs.ts";

const NONE = new Int32Array(0);
const FIRST_ROOM = 16;

/** Characters of a text that stand for another or for none. As numbers: there may be as many as the text has characters. */
export class Disguises {
  length = 0;
  /** None at first: most texts have no disguise. */
  starts = NONE;
  ends = NONE;
  /** What each stands for; -1 for nothing. */
  codes = NONE;
  #ordered = true;

  add(start: number, end: number, plain: string): void {
    const at = this.length++;
    if (at === this.starts.length) this.#grow();
    if (at > 0 && start < (this.ends[at - 1] as number)) this.#ordered = false;
    this.starts[at] = start;
    this.ends[at] = end;
    this.codes[at] = plain === "" ? -1 : plain.charCodeAt(0);
  }

  #grow(): void {
    const larger = (numbers: Int32Array) => {
      const room = new Int32Array(Math.max(FIRST_ROOM, 2 * numbers.length));
      room.set(numbers);
      return room;
    };
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.codes = larger(this.codes);
  }

  /** The length of what one stands for. */
  lengthOf(i: number): number {
    return (this.codes[i] as number) < 0 ? 0 : 1;
  }

  /** The same in order, without those that reach into one before them. */
  inOrder(): Disguises {
    if (this.#ordered) return this;
    const ordered = new Disguises();
    let end = 0;
    for (const i of Array.from({ length: this.length }, (_, i) => i).sort(
      (a, b) => (this.starts[a] as number) - (this.starts[b] as number),
    )) {
      if ((this.starts[i] as number) < end) continue;
      end = this.ends[i] as number;
      const code = this.codes[i] as number;
      ordered.add(this.starts[i] as number, end, code < 0 ? "" : String.fromCharCode(code));
    }
    return ordered;
  }
}

const HEX = "[0-9A-Fa-f]";
/** Encoded again and again: `%2540` is `%40` is `@`. */
const PERCENT = `%(?:25)*`;
const NEXT_BYTE = `${PERCENT}[89ABab]${HEX}`;
const URL_ENCODED = `${PERCENT}(?:[0-7]${HEX}|[CDcd]${HEX}${NEXT_BYTE}|[Ee]${HEX}(?:${NEXT_BYTE}){2}|[Ff]${HEX}(?:${NEXT_BYTE}){3})`;
const ESCAPE = String.raw`\\{1,8}(?:u${HEX}{4}|u\{0{0,4}${HEX}{1,6}\}|x${HEX}{2}|["'\/nrt])`;
const ENTITY = `&(?:amp;){0,4}(?:#[0-9]{1,7}|#[xX]${HEX}{1,6}|[A-Za-z]{2,8});`;
const QUOTED_PRINTABLE = String.raw`=\r?\n(?=\S)|=(?:3D|40(?=[A-Za-z]))`;
/** `"a" + "b"`, and `"a"` with `"b"` on the next line. */
const IN_PIECES = String.raw`["'\x60](?:[ \t]{0,8}\\?\r?\n)?[ \t]{0,80}(?:\+|\.{1,2}|&|\|\||<>)\s{0,80}["'\x60]|(?<=\w)(["'])[ \t]{0,8}\\?\r?\n[ \t]{0,80}\1(?=\w)`;
const FOLDED_LINE = String.raw`(?<=[\w.\-]@)\r?\n[ \t]{0,8}(?=\w)|(?<=\w)\r?\n[ \t]{1,8}(?=@\w)`;
const TWO_BYTES = /[\u0100-\uffff]/;

/** How the disguises of ASCII are found that have a certain sign in them: to look for few signs costs little. */
interface Search {
  /** The bit of the sign, or of a pair of characters in it. */
  readonly bit: number;
  readonly sign: string;
  /** Tried where the sign stands, or `startOf` says. */
  readonly expression: RegExp;
  startOf?(text: string, at: number): number;
}

const search = (bit: number, sign: string, source: string, startOf?: Search["startOf"]): Search => ({
  ...{ bit, sign },
  expression: new RegExp(source, "y"),
  ...(startOf && { startOf }),
});

const SEARCHES: readonly Search[] = [
  search(SINGLE["%"], "%", URL_ENCODED),
  search(SINGLE["\\"], "\\", ESCAPE),
  search(SINGLE["&"], "&", ENTITY),
  search(PAIR["3D"], "3D", QUOTED_PRINTABLE, (_, at) => at - 1),
  search(PAIR["@\n"], "@\n", FOLDED_LINE, (_, at) => at + 1),
  search(SINGLE["\r"], "\r", `${QUOTED_PRINTABLE}|${FOLDED_LINE}|${IN_PIECES}`, (text, at) =>
    /[="'\x60]/.test(text.charAt(at - 1)) ? at - 1 : at,
  ),
  ...['"\n', "'\n", '" .', "' ."].map((sign) => search(PAIR.quoteAndSpace, sign, IN_PIECES)),
  search(SINGLE["+"], "+", IN_PIECES, beforeSpace),
];

const LONGEST_INDENT = 80;

/** Where the last character stands before `at` that is no white space. */
function beforeSpace(text: string, at: number): number {
  let before = at - 1;
  for (const stop = before - LONGEST_INDENT; before > stop && text.charCodeAt(before) <= 32; ) before--;
  return before;
}

/**
 * All disguises of a text, in order, none reaching into another; time is linear in its length.
 *
 * @param signs which signs the text may have.
 */
export function disguisesIn(text: string, signs = ALL_SIGNS): Disguises {
  const found = new Disguises();
  for (let i = 0; i < SEARCHES.length; i++) if (((SEARCHES[i] as Search).bit & signs) !== 0) addWritten(text, SEARCHES[i] as Search, found);
  const seldom = (signs & BEYOND_ASCII) !== 0 && (text.includes("\xa0") || text.includes("\xad"));
  if (seldom || ((signs & BEYOND_LATIN1) !== 0 && TWO_BYTES.test(text))) addCharacters(text, found);
  return found.inOrder();
}

/** Adds the disguises that are made of several characters of ASCII, one of which is the sign. */
function addWritten(text: string, { sign, expression, startOf }: Search, found: Disguises): void {
  for (let at = text.indexOf(sign); at >= 0; ) {
    const start = startOf === undefined ? at : startOf(text, at);
    let next = at + 1;
    if (start >= 0) {
      expression.lastIndex = start;
      if (expression.test(text)) {
        const end = expression.lastIndex;
        const plain = plainOf(text.slice(start, end));
        if (plain !== undefined) found.add(start, end, plain);
        next = Math.max(next, end);
      }
    }
    at = text.indexOf(sign, next);
  }
}

/** Characters that are copied at once, to be looked at two at a time: asking the text for each takes several times as long. */
const COPIED = 1 << 14;
const copy = Buffer.alloc(2 * COPIED);
const pairs = new Int32Array(copy.buffer, copy.byteOffset, COPIED / 2);
/** The bits that no two characters of ASCII have. */
const BEYOND = 0xff80ff80 | 0;

/** Adds the characters beyond ASCII that stand for others. */
function addCharacters(text: string, found: Disguises): void {
  let next = 0;
  for (let from = 0; from < text.length; from += COPIED) {
    const piece = text.length <= COPIED ? text : text.slice(from, from + COPIED);
    copy.write(piece, "utf16le");
    for (let at = 0; at < piece.length; at += 2) {
      if (((pairs[at >> 1] as number) & BEYOND) === 0) continue;
      if (from + at >= next) next = addCharacter(text, from + at, found);
      if (from + at + 1 >= next && at + 1 < piece.length) next = addCharacter(text, from + at + 1, found);
    }
  }
}

/** Adds the character when it is a disguise; gives where the next begins. */
function addCharacter(text: string, start: number, found: Disguises): number {
  const code = text.charCodeAt(start);
  if (code < 128 || known[code] === NOTHING) return start + 1;
  const point = text.codePointAt(start) as number;
  const end = point > 0xffff ? start + 2 : start + 1;
  const plain = plainCharacter(point);
  if (plain !== undefined && hides(text, start, end, plain)) found.add(start, end, plain);
  return end;
}

/** What a disguise stands for; nothing when it is none. */
function plainOf(written: string): string | undefined {
  switch (written.charAt(0)) {
    case "%":
      return urlDecoded(written);
    case "\\":
      return unescaped(written.replace(/^\\+/, ""));
    case "&":
      return entity(written);
    case "=":
      return written.endsWith("\n") ? "" : String.fromCharCode(Number.parseInt(written.slice(1), 16));
    default:
      return ""; // where strings, or lines, are joined
  }
}

/** The bytes of one character in UTF-8. */
function urlDecoded(written: string): string | undefined {
  if (written.length === 3) return ofCode(Number.parseInt(written.slice(1), 16));
  const bytes = (written.match(/%(?:25)*[0-9A-Fa-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte.slice(-2), 16));
  const [first = 0, ...rest] = bytes;
  const bits = rest.length === 0 ? first : first & (63 >> rest.length);
  return ofCode(rest.reduce((code, byte) => (code << 6) | (byte & 63), bits));
}

const WHITE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unescaped(code: string): string | undefined {
  if (code.length === 1) return WHITE[code] ?? code;
  return ofCode(Number.parseInt(code.replace(/[ux{}]/g, ""), 16));
}

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ amp: "&", quot: '"', apos: "'", lt: "<", gt: ">", nbsp: " ", ensp: " ", emsp: " ", thinsp: " ", shy: "", zwnj: "", zwj: "" },
    ...{ commat: "@", period: ".", colon: ":", equals: "=", lowbar: "_", sol: "/", plus: "+", num: "#", hyphen: "-", dash: "-" },
    ...{ ndash: "-", mdash: "-", percnt: "%", dollar: "$", excl: "!", quest: "?", lpar: "(", rpar: ")", comma: ",", semi: ";" },
  }),
);

function entity(written: string): string | undefined {
  const name = written.replace(/^&(?:amp;)*/, "").slice(0, -1);
  if (name === "") return "&";
  if (!name.startsWith("#")) return NAMES.get(name);
  return ofCode(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function ofCode(code: number): string | undefined {
  if (code >= 128) return code <= 0x10ffff ? plainCharacter(code) : undefined;
  return code >= 32 || (code >= 9 && code <= 13) ? String.fromCharCode(code) : undefined;
}

/** By character the one that it is read as, or what else is known of it. */
const known = new Uint8Array(0x20000);
const [UNKNOWN, UNSEEN, NOTHING] = [0, 1, 2];

/** The ASCII character that one beyond is read as, or "" for one that is not seen. */
function plainCharacter(code: number): string | undefined {
  if (code >= known.length) return likeness(code);
  if (known[code] === UNKNOWN) {
    const plain = likeness(code);
    known[code] = plain === undefined ? NOTHING : plain === "" ? UNSEEN : plain.charCodeAt(0);
  }
  const found = known[code] as number;
  return found > NOTHING ? String.fromCharCode(found) : found === UNSEEN ? "" : undefined;
}

function likeness(code: number): string | undefined {
  const char = String.fromCodePoint(code);
  if (/^[\p{Default_Ignorable_Code_Point}\p{Cf}]$/u.test(char)) return "";
  if (/^\p{Zs}$/u.test(char)) return " ";
  if (/^[\p{Pd}\u2212]$/u.test(char)) return "-";
  if (/^[\u3002\uFF61]$/.test(char)) return "."; // also between the parts of a domain
  const plain = char.normalize("NFKC");
  if (/^[\x21-\x7e]$/.test(plain)) return plain;
  return /^\p{Nd}$/u.test(char) ? String(digitOf(code)) : undefined;
}

/** The digits of every script stand in a row from 0 to 9. */
function digitOf(code: number): number {
  let digit = 0;
  while (digit < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - digit - 1))) digit++;
  return digit;
}

/** Whether something may be hidden by it: what is not seen, a dash or a space hides inside a word or a number only. */
function hides(text: string, start: number, end: number, plain: string): boolean {
  if (plain !== "" && plain !== " " && plain !== "-") return true;
  return inWord(text.charCodeAt(start - 1)) && inWord(text.charCodeAt(end));
}

/** A surrogate is part of an emoji far more often than of a word. */
function inWord(code: number): boolean {
  return code > 32 && (code < 0xd800 || code > 0xdfff);
}
