/** The few parts of DER (X.690) that certificates and their requests are made of. */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One value: its tag, its length, its contents. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const size = contents.reduce((sum, part) => sum + part.length, 0);
  return concat([Uint8Array.of(tag, ...lengthBytes(size)), ...contents]);
}

export const sequence = (...parts: readonly Uint8Array[]) => der(TAG.sequence, ...parts);
/** A positive integer, most significant byte first. */
export const integer = (bytes: Uint8Array) => {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return der(TAG.integer, (short[0] ?? 0) >= 0x80 ? concat([Uint8Array.of(0), short]) : short);
};
export const bits = (bytes: Uint8Array, unused = 0) => der(TAG.bits, Uint8Array.of(unused), bytes);
export const octets = (bytes: Uint8Array) => der(TAG.octets, bytes);
export const text = (tag: number, value: string) => der(tag, new TextEncoder().encode(value));

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(TAG.oid, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** As RFC 5280 wants it: with two digits for the year up to 2049. */
export function time(at: Date): Uint8Array {
  const digits = `${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  return at.getUTCFullYear() < 2050 ? text(TAG.utcTime, digits.slice(2)) : text(TAG.time, digits);
}

export function readTime({ tag, contents }: DerValue): Date {
  const digits = new TextDecoder().decode(contents);
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(tag === TAG.utcTime ? `20${digits}` : digits) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export interface DerValue {
  readonly tag: number;
  readonly contents: Uint8Array;
  /** The value with its tag and length. */
  readonly whole: Uint8Array;
}

/** The values that stand in a row in `bytes`. @throws Error when they are cut off or not DER */
export function readAll(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const value = readOne(bytes, at);
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

function readOne(bytes: Uint8Array, at: number): DerValue {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) throw new Error("the value is cut off");
  const lengthSize = first < 0x80 ? 0 : first & 0x7f;
  if (lengthSize > 3 || first === 0x80) throw new Error("the length is not one of DER");
  let length = lengthSize === 0 ? first : 0;
  for (let i = 0; i < lengthSize; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const start = at + 2 + lengthSize;
  if (start + length > bytes.length) throw new Error("the value is cut off");
  return { tag, contents: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 0x80);
  return bytes;
}
