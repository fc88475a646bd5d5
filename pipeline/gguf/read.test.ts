import { mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GgufFault } from "./fault.ts";
import { readGguf } from "./read.ts";
import { entry, ggufBytes, header, LLAMA_ENTRIES, smallGguf, text, u32, u64 } from "./write.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "gguf-"));
const put = (bytes: Uint8Array) => {
  const file = join(folder, "x.gguf");
  writeFileSync(file, bytes);
  return file;
};

test("a whole file tells its entries and sizes", () => {
  const { metadata, parameters, tensorBytes, fileBytes } = readGguf(put(smallGguf()));
  expect(metadata.get("general.name")).toBe("Tiny");
  expect(metadata.get("llama.block_count")).toBe(2);
  expect(metadata.get("tokenizer.ggml.tokens")).toEqual({ length: 4 });
  expect({ parameters, tensorBytes }).toEqual({ parameters: 259, tensorBytes: 1036 });
  expect(fileBytes).toBe(smallGguf().length);
});

test("every type of value is read", () => {
  const { metadata } = readGguf(
    put(
      ggufBytes([
        ["a", "u8", 200],
        ["b", "i8", -3],
        ["c", "u16", 60000],
        ["d", "i16", -300],
        ["e", "i32", -5],
        ["f", "f32", 0.5],
        ["g", "f64", 0.25],
        ["h", "u64", 2 ** 40],
        ["i", "i64", -7],
        ["j", "bool", 1],
        ["k", "array", [1, 2, 3], "u32"],
        ["l", "array", Array.from({ length: 5000 }, (_, i) => i), "f32"],
        ["m", "string", "Zoë"],
      ]),
    ),
  );
  expect(Object.fromEntries(metadata)).toEqual({
    a: 200,
    b: -3,
    c: 60000,
    d: -300,
    e: -5,
    f: 0.5,
    g: 0.25,
    h: 2 ** 40,
    i: -7,
    j: true,
    k: [1, 2, 3],
    l: { length: 5000 },
    m: "Zoë",
  });
});

test("a vocabulary larger than the window is skipped", () => {
  const tokens = Array.from({ length: 60_000 }, (_, i) => `token number ${i}`);
  const { metadata } = readGguf(put(ggufBytes([["tokenizer.ggml.tokens", "array", tokens], ...LLAMA_ENTRIES.slice(0, 2)])));
  expect(metadata.get("tokenizer.ggml.tokens")).toEqual({ length: 60_000 });
  expect(metadata.get("general.name")).toBe("Tiny");
});

const refuses = (name: string, bytes: Uint8Array, reason: RegExp) =>
  test(`${name} is refused`, () => {
    const attempt = () => readGguf(put(bytes));
    expect(attempt).toThrow(GgufFault);
    expect(attempt).toThrow(reason);
  });

const HUGE = 2n ** 63n;
refuses("an empty file", Buffer.alloc(0), /begin/);
refuses("a web page", Buffer.from("<!doctype html><title>Not found</title>"), /begin/);
refuses("a file of three bytes", Buffer.from("GGU"), /begin/);
refuses("the first version", header(0, 0, 1), /version/);
refuses("a big-endian file", header(0, 0, 0x03000000), /version/);
refuses("a count of tensors beyond all numbers", header(HUGE, 0), /too large/);
refuses("a million million tensors", header(10n ** 12n, 0), /tensors/);
refuses("a million million entries", header(0, 10n ** 12n), /entries/);
refuses("a key of 2^50 bytes", Buffer.concat([header(0, 1), u64(2n ** 50n)]), /too long/);
refuses("a text of 2^50 bytes", Buffer.concat([header(0, 1), text("a"), u32(8), u64(2n ** 50n)]), /too long/);
refuses("a list of 2^50 numbers", Buffer.concat([header(0, 1), text("a"), u32(9), u32(4), u64(2n ** 50n)]), /middle/);
refuses("a list of 2^50 texts", Buffer.concat([header(0, 1), text("a"), u32(9), u32(8), u64(2n ** 50n)]), /middle/);
refuses("an unknown type of value", Buffer.concat([header(0, 1), text("a"), u32(99)]), /unknown type/);
refuses("an unknown type in a list", Buffer.concat([header(0, 1), text("a"), u32(9), u32(99), u64(1)]), /unknown type/);
refuses(
  "lists in lists without end",
  Buffer.concat([header(0, 1), text("a"), u32(9), ...Array.from({ length: 9 }, () => Buffer.concat([u32(9), u64(1)]))]),
  /nested/,
);
refuses("an alignment of nothing", ggufBytes([["general.alignment", "u32", 0]]), /alignment/);
refuses("a tensor of nine dimensions", Buffer.concat([header(1, 0), text("t"), u32(9)]), /dimensions/);
refuses(
  "a tensor of 2^80 numbers",
  Buffer.concat([header(1, 0), text("t"), u32(2), u64(2n ** 40n), u64(2n ** 40n), u32(0), u64(0)]),
  /too large/,
);
refuses("an unknown type of tensor", Buffer.concat([header(1, 0), text("t"), u32(1), u64(4), u32(77), u64(0)]), /unknown type/);
refuses("a tensor beyond the end", Buffer.concat([header(1, 0), text("t"), u32(1), u64(4000), u32(0), u64(0)]), /cut short/);

test("a file cut at any place is refused", () => {
  const whole = smallGguf();
  for (let size = 0; size < whole.length - 20; size += 7)
    expect(() => readGguf(put(whole.subarray(0, size))), String(size)).toThrow(GgufFault);
});

test("a description that is larger than what is read is refused without being held", () => {
  const file = put(Buffer.concat([header(0, 2), entry(["a", "u32", 1]), text("b"), u32(9), u32(0), u64(300 * 1024 * 1024)]));
  truncateSync(file, 400 * 1024 * 1024); // sparse
  expect(() => readGguf(file)).toThrow(/description is too long/);
});

test("no file of any bytes is more than refused", () => {
  const whole = smallGguf();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        readGguf(put(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(GgufFault);
      }
    }),
    { numRuns: 300 },
  );
});
