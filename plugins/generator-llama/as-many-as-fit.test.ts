import { expect, test } from "vitest";
import { withAsManyAsFit } from "./as-many-as-fit.ts";

const roomFor = (most: number) => async (sequences: number) => {
  if (sequences > most) throw new Error(`no memory for ${sequences}`);
  return sequences;
};

test.each([3, 2, 1])("with memory for %d sequences there are as many", async (most) => {
  expect(await withAsManyAsFit(3, roomFor(most))).toBe(most);
});

test("without memory for one, the error is that of one", async () => {
  await expect(withAsManyAsFit(3, roomFor(0))).rejects.toThrow("no memory for 1");
});
