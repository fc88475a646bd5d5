/**
 * Hamming distances of one row of bits to many, in WebAssembly with SIMD: JavaScript has no population count. The
 * module is small enough to be written down as its bytes:
 *
 *   (func (export "scan") (param $rows i32) (param $words i32) (param $query i32) (param $bits i32) (param $out i32)
 *     (local $sum v128) (local $left i32) (local $at i32)
 *     (loop $row
 *       (local.set $sum (i32x4.splat (i32.const 0)))  (local.set $left $words)  (local.set $at $query)
 *       (loop $word
 *         (local.set $sum (i16x8.add $sum
 *           (i16x8.extadd_pairwise_i8x16_u (i8x16.popcnt (v128.xor (v128.load $bits) (v128.load $at))))))
 *         $bits += 16  $at += 16  (br_if $word (local.tee $left ($left - 1))))
 *       (i32.store16 $out (the four lanes of (i32x4.extadd_pairwise_i16x8_u $sum), added))
 *       $out += 2  (br_if $row (local.tee $rows ($rows - 1)))))
 *
 * `$rows` and `$words` (of 16 bytes, in a row) are at least 1; distances are written as 16-bit numbers.
 */
export type Scan = (rows: number, words: number, query: number, bits: number, out: number) => void;

const [ROWS, WORDS, QUERY, BITS, OUT, SUM, LEFT, AT] = [0, 1, 2, 3, 4, 5, 6, 7];

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const i32 = (value: number) => [0x41, value];
const ADD = [0x6a];
const SUB = [0x6b];
const simd = (...code: number[]) => [0xfd, ...code];
const LOAD = simd(0x00, 0, 0);
const advance = (local: number, by: number) => [...get(local), ...i32(by), ...ADD, ...set(local)];
const repeatWhile = (local: number) => [...get(local), ...i32(1), ...SUB, ...tee(local), 0x0d, 0];
const loop = (...body: number[]) => [0x03, 0x40, ...body, 0x0b];
const lane = (n: number) => [...get(SUM), ...simd(0x1b, n)];

const BODY = loop(
  ...[...i32(0), ...simd(0x11), ...set(SUM), ...get(WORDS), ...set(LEFT), ...get(QUERY), ...set(AT)],
  ...loop(
    ...[...get(SUM), ...get(BITS), ...LOAD, ...get(AT), ...LOAD],
    ...[...simd(0x51), ...simd(0x62), ...simd(0x7d), ...simd(0x8e, 0x01), ...set(SUM)], // xor, popcnt, extadd, add
    ...[...advance(BITS, 16), ...advance(AT, 16), ...repeatWhile(LEFT)],
  ),
  ...[...get(SUM), ...simd(0x7f), ...set(SUM), ...get(OUT)],
  ...[...lane(0), ...lane(1), ...ADD, ...lane(2), ...ADD, ...lane(3), ...ADD],
  ...[0x3b, 1, 0], // i32.store16
  ...[...advance(OUT, 2), ...repeatWhile(ROWS)],
);

/** Memory that a kernel works on. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

// The part of the WebAssembly interface used here: the language's own library of types does not have it.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number }) => Memory;
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: object) => { readonly exports: { readonly scan: Scan } };
  };
};

/** One page of 64 KiB, to be grown. */
export function newMemory(): Memory {
  return new WebAssembly.Memory({ initial: 1 });
}

/** The kernel over `memory`, which may grow. */
export function hammingScan(memory: Memory): Scan {
  const I32 = 0x7f;
  const V128 = 0x7b;
  const name = (text: string) => [text.length, ...Buffer.from(text)];
  const section = (id: number, ...bytes: number[]) => [id, ...leb(bytes.length), ...bytes];
  const code = [2, 1, V128, 2, I32, ...BODY, 0x0b];
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 5, I32, I32, I32, I32, I32, 0),
    ...section(2, 1, ...name("m"), ...name("m"), 2, 0, 1),
    ...section(3, 1, 0),
    ...section(7, 1, ...name("scan"), 0, 0),
    ...section(10, 1, ...leb(code.length), ...code),
  ];
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  return new WebAssembly.Instance(module, { m: { m: memory } }).exports.scan;
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}
