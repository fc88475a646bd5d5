/** What stands behind the name of a secret: whether it may be an assignment, and of what. */
import { byteTable } from "./byte-table.ts";

const NAME = byteTable(/[\w.\x80-\xff-]/, 1);
/** Before the sign: a closing quotation mark, a bracket, white space. */
const CLOSING = byteTable(/["'\]\s]/, 1);
const SPACE = byteTable(/\s/, 0);
const SIGN = byteTable(/[=:,]/, 0);
const SIGNS = byteTable(/[=:>]/, 0);
const QUOTE = byteTable(/["'\x60]/, 1);
/** Letters before a string in some languages. */
const PREFIX = byteTable(/[bru]/i, 0);
const BARE = byteTable(/[^\s"'\x60,;&<>(){}[\]]/, 1);

const LONGEST_NAME = 64;
const MOST_SPACE = 6;
const SHORTEST_VALUE = 3;

/** Behind the rest of the name follow a sign of assignment and a quotation mark. */
export function isQuoted(bytes: Uint8Array, _at: number, end: number): boolean {
  const sign = signBehind(bytes, end);
  if (sign < 0) return false;
  let i = behindSpace(bytes, SIGNS[bytes[sign + 1] as number] === 1 ? sign + 2 : sign + 1);
  if (PREFIX[bytes[i] as number] === 1) i++;
  return QUOTE[bytes[i] as number] === 1;
}

/** Behind the rest of the name follow a sign of assignment and what may be a value without quotation marks. */
export function isAssigned(bytes: Uint8Array, _at: number, end: number): boolean {
  const sign = signBehind(bytes, end);
  if (sign < 0) return false;
  if (SIGNS[bytes[sign + 1] as number] === 1) return true; // the value may begin with it
  const start = behindSpace(bytes, sign + 1);
  for (let i = start; i < start + SHORTEST_VALUE; i++) if (BARE[bytes[i] as number] === 0) return false;
  return true;
}

/** Where the sign of assignment stands behind a name; -1 for nowhere. */
function signBehind(bytes: Uint8Array, end: number): number {
  let i = end;
  for (const stop = end + LONGEST_NAME; i < stop && NAME[bytes[i] as number] === 1; ) i++;
  for (const stop = i + MOST_SPACE; i < stop && CLOSING[bytes[i] as number] === 1; ) i++;
  return SIGN[bytes[i] as number] === 1 ? i : -1;
}

function behindSpace(bytes: Uint8Array, start: number): number {
  let i = start;
  for (const stop = i + MOST_SPACE; i < stop && SPACE[bytes[i] as number] === 1; ) i++;
  return i;
}

const COLON = ":".charCodeAt(0);
const LESS = "<".charCodeAt(0);
const LONGEST_PREFIX = 33;

/** The name begins behind `<`. */
export function isElement(bytes: Uint8Array, at: number): boolean {
  let i = at - 1;
  for (const stop = at - LONGEST_PREFIX; i > stop && (NAME[bytes[i] as number] === 1 || bytes[i] === COLON); ) i--;
  return bytes[i] === LESS;
}
