import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RunningChecksum } from "./running-checksum.ts";

const PARTS = 6;
const parts = Array.from({ length: PARTS }, (_, i) => randomBytes(100 + i));
const whole = createHash("sha256").update(Buffer.concat(parts)).digest("hex");

function newChecksum(mostWaitMs = 60_000): RunningChecksum {
  const hash = createHash("sha256");
  const take = async (bytes: Uint8Array) => {
    await null;
    if (bytes.length === 0) throw new Error("the digest failed");
    hash.update(bytes);
  };
  return new RunningChecksum({ take, end: async () => hash.digest("hex") }, mostWaitMs);
}

const add = (checksum: RunningChecksum, number: number, bytes = parts[number - 1] ?? Buffer.alloc(0)) => checksum.add(number, bytes);

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
  ["one could not be taken", (checksum) => add(checksum, 6, Buffer.alloc(0))],
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

test("is none where more parts come early than are kept in memory, and those go on at once", async () => {
  const checksum = newChecksum();
  await Promise.all(Array.from({ length: 9 }, (_, i) => add(checksum, i + 2, Buffer.from("early"))));
  expect(await checksum.digest(0)).toBeUndefined();
});
