import { expect, test } from "vitest";
import { Gather } from "./gather.ts";

test("what is asked while a group is worked on forms the next group", async () => {
  const groups: number[][] = [];
  const gather = new Gather<number, number>(async (items) => {
    groups.push([...items]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return items.map((item) => item * 2);
  });
  const first = [gather.add(1), gather.add(2)];
  await new Promise((resolve) => setTimeout(resolve, 1));
  const second = [gather.add(3), gather.add(4), gather.add(5)];
  expect(await Promise.all([...first, ...second])).toEqual([2, 4, 6, 8, 10]);
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test("a group that fails fails for each of its askers, and the next one is worked on", async () => {
  let fail = true;
  const gather = new Gather<string, string>(async (items) => {
    if (fail) throw new Error("no");
    return items;
  });
  await expect(gather.add("a")).rejects.toThrow("no");
  fail = false;
  expect(await gather.add("b")).toBe("b");
});
