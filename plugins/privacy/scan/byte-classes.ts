/** The classes of characters that conditions on what stands around an anchor ask for, a table of 256 bytes each. */
import { byteTable } from "./byte-table.ts";
import { IN_NUMBER } from "./runs.ts";

const CLASSES = {
  /** In the name of something that is assigned. */
  name: byteTable(/[\w.\x80-\xff-]/, 1),
  /** Before the sign of assignment: a closing quotation mark, a bracket, white space. */
  closing: byteTable(/["'\]\s]/, 1),
  space: byteTable(/\s/, 0),
  sign: byteTable(/[=:,]/, 0),
  secondSign: byteTable(/[=:>]/, 0),
  quote: byteTable(/["'\x60]/, 1),
  /** Before a string in some languages. */
  prefix: byteTable(/[bru]/i, 0),
  bare: byteTable(/[^\s"'\x60,;&<>(){}[\]]/, 1),
  digit: byteTable(/[0-9]/, 0),
  inNumber: IN_NUMBER,
  beforeAt: byteTable(/[\p{L}\p{N}_+-]/u, 1),
  afterAt: byteTable(/[\p{L}\p{N}]/u, 1),
  hexadecimal: byteTable(/[0-9A-Fa-f:]/, 0),
  inWord: byteTable(/\w/, 0),
  /** In the name of an element, with the name of its space. */
  inElement: byteTable(/[\w.\x80-\xff:-]/, 1),
  /** Where an address with a user and a password is over. */
  endsLogin: byteTable(/[^!#-;=?-\xff]/, 0),
} as const;

export type ClassName = keyof typeof CLASSES;

const NAMES = Object.keys(CLASSES) as ClassName[];

/** Which of the tables is that of the class. */
export function classNumber(name: ClassName): number {
  return NAMES.indexOf(name);
}

/** The tables of all classes, one behind the other. */
export function classTables(): Uint8Array {
  return Uint8Array.from(Object.values(CLASSES).flatMap((table) => [...table]));
}

export const CLASS_COUNT = NAMES.length;
