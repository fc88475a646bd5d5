/**
 * Conditions that every match of a pattern satisfies, cheap enough to be looked at before its expression is tried. They
 * may let too much pass, never too little; a character beyond Latin-1 may be anything.
 */
import type { Pattern } from "../patterns/pattern.ts";
import { isDigit } from "./runs.ts";

/** @param at where the anchor begins, @param end one behind it. */
export type Gate = (bytes: Uint8Array, at: number, end: number) => boolean;

export function gateOf({ gate, before }: Pattern): Gate | undefined {
  if (before !== undefined) return letterAfterNumber(before);
  return gate === undefined ? undefined : GATES[gate];
}

const GATES = { assignment, element, digit };

const NAME = Uint8Array.from({ length: 256 }, (_, code) => (code >= 128 || /[\w.-]/.test(String.fromCharCode(code)) ? 1 : 0));
const LONGEST_NAME = 64;

/** Behind the rest of the name, a closing quotation mark or bracket, and white space stands `=`, `:` or a comma. */
function assignment(bytes: Uint8Array, _at: number, end: number): boolean {
  let i = end;
  for (const stop = end + LONGEST_NAME; i < stop && NAME[bytes[i] as number] === 1; ) i++;
  for (const stop = i + 6; i < stop; i++) {
    const code = bytes[i] as number;
    if (code === EQUALS || code === COLON || code === COMMA) return true;
    if (code > 32 && code !== QUOTE && code !== APOSTROPHE && code !== BRACKET && code !== NO_BREAK) return false;
  }
  return false;
}

/** The name begins behind `<`. */
function element(bytes: Uint8Array, at: number): boolean {
  let i = at - 1;
  for (const stop = at - 33; i > stop && (NAME[bytes[i] as number] === 1 || bytes[i] === COLON); ) i--;
  return bytes[i] === LESS;
}

const DIGIT_WITHIN = 48;

/** A digit stands soon behind the anchor. */
function digit(bytes: Uint8Array, _at: number, end: number): boolean {
  for (let i = end; i < end + DIGIT_WITHIN; i++) if (isDigit(bytes[i] as number)) return true;
  return false;
}

const NUMBER_LENGTH = 24;

/** Behind digits and the signs between them stands one of some letters. */
function letterAfterNumber(letters: string): Gate {
  const wanted = Uint8Array.from({ length: 256 }, (_, code) => (letters.includes(String.fromCharCode(code).toLowerCase()) ? 1 : 0));
  return (bytes, at) => {
    let i = at;
    for (const stop = at + NUMBER_LENGTH; i < stop && IN_NUMBER[bytes[i] as number] === 1; ) i++;
    return wanted[bytes[i] as number] === 1;
  };
}

const IN_NUMBER = Uint8Array.from({ length: 256 }, (_, code) => (/[0-9 .(-]/.test(String.fromCharCode(code)) ? 1 : 0));

const [EQUALS, COLON, COMMA, QUOTE, APOSTROPHE, BRACKET, LESS, NO_BREAK] = Array.from("=:,\"']<\u00a0", (char) => char.charCodeAt(0));
