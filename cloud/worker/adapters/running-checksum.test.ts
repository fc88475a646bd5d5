import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RunningChecksum } from "./running-checksum.ts";

const PARTS = 6;
const parts = Array.from({ length: PARTS }, (_, i) => randomBytes(100 + i));
const whole = createHash("sha256").update(Buffer.concat(parts)).digest("hex");

function newChecksum(mostWaitMs = 60_000): RunningChecksum {
  const hash = createHash("sha256");
  const take = async (bytes: ReadableStream<Uint8Array>) => {
    for await (const piece of bytes) hash.update(piece);
  };
  return new RunningChecksum({ take, end: async () => hash.digest("hex") }, mostWaitMs);
}

/** A part in pieces, each in a turn of its own. */
async function* pieces(bytes: Buffer, broken: boolean) {
  for (let at = 0; at < bytes.length; at += 40) {
    await null;
    yield bytes.subarray(at, at + 40);
    if (broken) throw new Error("the connection broke");
  }
}
const add = (checksum: RunningChecksum, number: number, broken = false) =>
  checksum.add(number, Readable.toWeb(Readable.from(pieces(parts[number - 1] ?? Buffer.alloc(0), broken))) as never);

test("is the file's in whatever order its parts come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: PARTS }), async (numbers) => {
      const checksum = newChecksum();
      await Promise.all(numbers.map((number) => add(checksum, number)));
      expect(await checksum.digest(PARTS)).toBe(whole);
      expect(await checksum.digest(PARTS)).toBe(whole);
    }),
  );
});

for (const [what, spoil] of [
  ["one is missing", async () => {}],
  ["one came twice at once", (checksum) => Promise.all([add(checksum, 6), add(checksum, 6)])],
  ["one came again", (checksum) => add(checksum, 6).then(() => add(checksum, 2))],
  ["one broke off", (checksum) => add(checksum, 6, true)],
] as const satisfies [string, (checksum: RunningChecksum) => Promise<unknown>][])
  test(`is none where ${what}`, async () => {
    const checksum = newChecksum();
    for (const number of [1, 2, 3, 4, 5]) await add(checksum, number);
    await spoil(checksum);
    expect(await checksum.digest(PARTS)).toBeUndefined();
  });

test("is none where its beginning was missed, and nothing waits for that for long", async () => {
  const checksum = newChecksum(20);
  await Promise.all([2, 3, 4].map((number) => add(checksum, number)));
  await add(checksum, 1);
  expect(await checksum.digest(4)).toBeUndefined();
});
