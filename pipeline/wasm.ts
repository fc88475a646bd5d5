/**
 * As much of a WebAssembly assembler as the kernels of plugins need. They are small enough to be written instruction by
 * instruction, which saves a compiler in the build and a binary in the repository.
 */

import { SynesisError } from "../kernel/index.ts";

/** Memory that a kernel works on. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

/** The part of the WebAssembly interface used here: the language's own library of types does not have it. */
interface Engine {
  readonly Memory: new (size: { initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: (...args: number[]) => void } };
}

/** @throws SynesisError WEBASSEMBLY_MISSING where Node runs without it, as with --jitless */
function engine(): Engine {
  const { WebAssembly } = globalThis as { WebAssembly?: Engine };
  if (WebAssembly === undefined) throw new SynesisError("WEBASSEMBLY_MISSING");
  return WebAssembly;
}

const PAGE = 65_536;
const I32 = 0x7f;
const V128 = 0x7b;

export type Code = readonly number[];

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
/** A constant from 0 on. */
export const i32 = (value: number): Code => [0x41, ...leb(value, 63)];
export const add: Code = [0x6a];
export const multiply: Code = [0x6c];
export const subtract: Code = [0x6b];
export const and: Code = [0x71];
export const or: Code = [0x72];
export const shiftLeft: Code = [0x74];
/** By the low five bits of the distance. */
export const shiftRight: Code = [0x76];
export const lessThan: Code = [0x49];
export const equal: Code = [0x46];
export const isZero: Code = [0x45];
/** The number of the lowest bit that is set. */
export const lowestBit: Code = [0x68];
export const load32: Code = [0x28, 2, 0];
/** From an address plus `offset`. */
export const load8At = (offset: number): Code => [0x2d, 0, ...leb(offset)];
export const load16At = (offset: number): Code => [0x2f, 1, ...leb(offset)];
export const load32At = (offset: number): Code => [0x28, 2, ...leb(offset)];
/** How many of the bits from one of 64 on are set in a row: takes the address of the bits and, below 8, the first of them. */
export const setBits: Code = [...[0xad, 0x88], ...[0x42, 0x7f, 0x85, 0x7a, 0xa7]];
export const load64: Code = [0x29, 0, 0];
export const store32: Code = [0x36, 2, 0];
export const store16: Code = [0x3b, 1, 0];
export const store16At = (offset: number): Code => [0x3b, 1, ...leb(offset)];

/** Instructions on 128 bits, by the names of the specification. */
export const simd = {
  load: [0xfd, 0x00, 0, 0],
  /** From and to an address plus `offset`. */
  loadAt: (offset: number): Code => [0xfd, 0x00, 0, ...leb(offset)],
  /** Eight signed bytes, each as 16 bits. */
  loadBytesAt: (offset: number): Code => [0xfd, 0x01, 0, ...leb(offset)],
  /** One number of 32 bits, four times. */
  splat32At: (offset: number): Code => [0xfd, 0x09, 2, ...leb(offset)],
  store: [0xfd, 0x0b, 0, 0],
  storeAt: (offset: number): Code => [0xfd, 0x0b, 0, ...leb(offset)],
  xor: [0xfd, 0x51],
  zero: [...i32(0), 0xfd, 0x11],
  add8: [0xfd, 0x6e],
  add16: [0xfd, 0x8e, 0x01],
  add32: [0xfd, 0xae, 0x01],
  extendLowUnsigned8: [0xfd, 0x89, 0x01],
  extendHighUnsigned8: [0xfd, 0x8a, 0x01],
  extendLow16: [0xfd, 0xa7, 0x01],
  extendHigh16: [0xfd, 0xa8, 0x01],
  /** Four integers as floats. */
  floats: [0xfd, 0xfa, 0x01],
  addFloats: [0xfd, 0xe4, 0x01],
  multiplyFloats: [0xfd, 0xe6, 0x01],
  dot16: [0xfd, 0xba, 0x01],
  /** Bytes of a table of 16, chosen by the low bits of other bytes; 0 from index 16 on. */
  swizzle: [0xfd, 0x0e],
  splat8: [0xfd, 0x0f],
  splat16: [0xfd, 0x10],
  /** The lesser of each pair of 16-bit numbers. */
  least16: [0xfd, 0x97, 0x01],
  lessThan16: [0xfd, 0x30],
  /** 16 bytes of 16 numbers that fit. */
  narrow16: [0xfd, 0x66],
  notEqual8: [0xfd, 0x24],
  lessThan8: [0xfd, 0x26],
  subtract8: [0xfd, 0x71],
  shiftRight8: [0xfd, 0x6d],
  and: [0xfd, 0x4e],
  andNot: [0xfd, 0x4f],
  or: [0xfd, 0x50],
  /** The highest bit of each byte, as 16 bits. */
  bitmask8: [0xfd, 0x64],
} as const satisfies Record<string, Code | ((offset: number) => Code)>;

/** The sum of the four 32-bit lanes of a local. */
export function lanes(local: number): Code {
  const lane = (n: number) => [...get(local), 0xfd, 0x1b, n];
  return [...lane(0), ...lane(1), ...add, ...lane(2), ...add, ...lane(3), ...add];
}

export function advance(local: number, by: number): Code {
  return [...get(local), ...i32(by), ...add, ...set(local)];
}

/** Runs `body` as often as the local says, at least once, counting it down to 0. */
export function repeat(local: number, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...get(local), ...i32(1), 0x6b, 0x22, local, 0x0d, 0, 0x0b];
}

/** Runs `body` again for as long as the local is not 0 behind it, at least once. */
export function repeatWhile(local: number, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...get(local), 0x0d, 0, 0x0b];
}

/** Runs `body` when the number before it is not 0. */
export function when(...body: readonly Code[]): Code {
  return [0x04, 0x40, ...body.flat(), 0x0b];
}

/** A function over `memory` that takes `parameters` integers; behind them its locals: 128-bit ones, then integers. */
export function assemble(memory: Memory, parameters: number, locals: { v128: number; i32: number }, ...body: readonly Code[]) {
  const name = (text: string) => [text.length, ...Buffer.from(text)];
  const section = (id: number, ...bytes: number[]) => [id, ...leb(bytes.length), ...bytes];
  const code = [2, locals.v128, V128, locals.i32, I32, ...body.flat(), 0x0b];
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, parameters, ...Array<number>(parameters).fill(I32), 0),
    ...section(2, 1, ...name("m"), ...name("m"), 2, 0, 1),
    ...section(3, 1, 0),
    ...section(7, 1, ...name("run"), 0, 0),
    ...section(10, 1, ...leb(code.length), ...code),
  ];
  const { Instance, Module } = engine();
  return new Instance(new Module(Uint8Array.from(bytes)), { m: { m: memory } }).exports.run;
}

/** One page, to be grown. @throws SynesisError WEBASSEMBLY_MISSING */
export function newMemory(): Memory {
  const { Memory } = engine();
  return new Memory({ initial: 1 });
}

/** Grows by half at a time where that is more: each growth may copy the whole. */
export function reserve(memory: Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(Math.max(missing, memory.buffer.byteLength / 2) / PAGE));
}

/** The last of the bytes is at most `last`: 63 where a sign would follow. */
function leb(value: number, last = 127): number[] {
  return value <= last ? [value] : [(value & 127) | 128, ...leb(value >> 7, last)];
}
