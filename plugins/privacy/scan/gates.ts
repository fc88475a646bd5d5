/**
 * Conditions that every match of a pattern satisfies, cheap enough to be looked at before its expression is tried. They
 * may let too much pass, never too little; a character beyond Latin-1 may be anything.
 */
import type { Following, GateName, Pattern } from "../patterns/pattern.ts";
import { isAssigned, isElement, isQuoted } from "./assignments.ts";
import { byteTable } from "./byte-table.ts";
import { IN_NUMBER, isDigit, NUMBER_LENGTH } from "./runs.ts";

/** @param at where the anchor begins, @param end one behind it. */
export type Gate = (bytes: Uint8Array, at: number, end: number) => boolean;

/** All conditions of a pattern, the cheapest first. */
export function gatesOf({ gate, before, followed }: Pattern): Gate[] {
  const gates: Gate[] = [];
  if (followed !== undefined) gates.push(followedBy(followed));
  if (before !== undefined) gates.push(wordAfterNumber(before));
  if (gate !== undefined) gates.push(GATES[gate]);
  return gates;
}

const GATES: Readonly<Record<GateName, Gate>> = {
  quoted: isQuoted,
  bare: isAssigned,
  element: isElement,
  digit,
  mail,
  login,
  account,
  hexadecimal,
  undated,
};

const NONE = new Uint8Array(256);

/** For each byte whether no match may begin behind it, from the class with which the expression excludes some. */
export function excludedBehind({ pattern, back }: Pattern): Uint8Array {
  const [, characters] = /^\(\?<!(\[[^\]]+\])[|)]/.exec(pattern) ?? [];
  return characters === undefined || back !== undefined ? NONE : byteTable(new RegExp(characters), 0);
}

function followedBy({ of, least, within = 0 }: Following): Gate {
  const member = byteTable(new RegExp(`[${of}]`), 0);
  return (bytes, _at, end) => {
    // A row that begins too late or is too short is skipped whole: no character is looked at twice.
    for (let start = end; start <= end + within; ) {
      let i = start;
      for (const stop = start + least; i < stop && member[bytes[i] as number] === 1; ) i++;
      if (i === start + least) return true;
      start = i + 1;
    }
    return false;
  };
}

const DIGIT_WITHIN = 48;

function digit(bytes: Uint8Array, _at: number, end: number): boolean {
  for (let i = end; i < end + DIGIT_WITHIN; i++) if (isDigit(bytes[i] as number)) return true;
  return false;
}

const BEFORE_AT = byteTable(/[\p{L}\p{N}_+-]/u, 1);
const AFTER_AT = byteTable(/[\p{L}\p{N}]/u, 1);

function mail(bytes: Uint8Array, at: number, end: number): boolean {
  return BEFORE_AT[bytes[at - 1] as number] === 1 && AFTER_AT[bytes[end] as number] === 1;
}

/** How much of an address with a user and a password may stand before its `@`. */
const LONGEST_LOGIN = 240;
const LONGEST_USER = 120;
const [AT, QUOTE, LESS, GREATER, SLASH] = Array.from('@"<>/', (char) => char.charCodeAt(0));

function login(bytes: Uint8Array, _at: number, end: number): boolean {
  for (let i = end; i < end + LONGEST_LOGIN; i++) {
    const code = bytes[i] as number;
    if (code === AT) return true;
    if (code === SLASH && i > end + LONGEST_USER) return false; // strokes stand in what comes before the password only
    if ((code <= 32 && code !== 0) || code === QUOTE || code === LESS || code === GREATER) return false;
  }
  return true;
}

/** As `login`, where no stroke may stand before the `@`. */
function account(bytes: Uint8Array, _at: number, end: number): boolean {
  for (let i = end; i < end + LONGEST_LOGIN; i++) {
    const code = bytes[i] as number;
    if (code === AT) return true;
    if (code === SLASH || (code <= 32 && code !== 0) || code === QUOTE || code === LESS || code === GREATER) return false;
  }
  return true;
}

const HEXADECIMAL = byteTable(/[0-9A-Fa-f:]/, 0);
const IN_WORD = byteTable(/\w/, 0);
const LONGEST_HEXADECIMAL = 45;

function hexadecimal(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at - 1;
  for (const stop = at - LONGEST_HEXADECIMAL; i > stop && HEXADECIMAL[bytes[i] as number] === 1; ) i--;
  if (IN_WORD[bytes[i] as number] === 1) return false;
  i = end;
  for (const stop = end + LONGEST_HEXADECIMAL; i < stop && HEXADECIMAL[bytes[i] as number] === 1; ) i++;
  return IN_WORD[bytes[i] as number] === 0;
}

const [DASH, ONE, TWO] = Array.from("-12", (char) => char.charCodeAt(0));

/** No date with the year first, as in `2024-01-`. */
function undated(bytes: Uint8Array, at: number): boolean {
  const century = bytes[at] === TWO ? bytes[at + 1] === 48 : bytes[at] === ONE && bytes[at + 1] === 57;
  return !(century && bytes[at + 4] === DASH && bytes[at + 7] === DASH);
}

/** The bit in which a small letter differs from its capital; all signs that are wanted have it too. */
const CASE = 32;

/** Behind digits and the signs between them one of some words begins, of which two letters are looked at. */
function wordAfterNumber(words: readonly string[]): Gate {
  const seconds = Array.from({ length: 128 }, (_, code) =>
    words.filter((word) => word.charCodeAt(0) === code).map((word) => word.charAt(1)),
  );
  const wanted = Uint8Array.from({ length: 256 }, (_, byte) => ((seconds[(byte | CASE) & 127]?.length ?? 0) > 0 && byte < 128 ? 1 : 0));
  return (bytes, _at, end) => {
    let i = end;
    for (const stop = end + NUMBER_LENGTH; i < stop && IN_NUMBER[bytes[i] as number] === 1; ) i++;
    const first = bytes[i] as number;
    if (wanted[first] === 0) return false;
    const next = String.fromCharCode((bytes[i + 1] as number) | CASE);
    return (seconds[first | CASE] as string[]).some((second) => second === "" || second === next);
  };
}
