import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

/** Slots over a number of things that can be added to. */
function slotsOf(things: number, limit = 10) {
  let left = things;
  const slots = new Slots(() => (left > 0 ? left-- : undefined), limit);
  return {
    slots,
    add: (more: number) => {
      left += more;
      slots.serve();
    },
  };
}

test("who comes when there is none waits, and is served in order", async () => {
  const { slots, add } = slotsOf(1);
  const order: string[] = [];
  const all = ["a", "b", "c"].map((name) => slots.get().then(() => order.push(name)));
  expect(slots.queued).toBe(2);
  add(2);
  await Promise.all(all);
  expect(order).toEqual(["a", "b", "c"]);
});

test("the queue is bounded", async () => {
  const { slots } = slotsOf(0, 2);
  const waiting = [slots.get(), slots.get()];
  await expect(slots.get()).rejects.toMatchObject({ code: "QUEUE_FULL" });
  slots.fail(new Error("over"));
  await Promise.allSettled(waiting);
});

test("who gives up leaves the queue", async () => {
  const { slots, add } = slotsOf(0);
  const stop = new AbortController();
  const first = slots.get(stop.signal);
  const second = slots.get();
  stop.abort(new Error("given up"));
  await expect(first).rejects.toThrow("given up");
  add(1);
  expect(await second).toBe(1);
  expect(slots.queued).toBe(0);
});

test("after it has failed nobody waits in vain, neither who waited nor who comes later", async () => {
  const { slots } = slotsOf(0);
  const waiting = slots.get();
  slots.fail(new Error("over"));
  await expect(waiting).rejects.toThrow("over");
  await expect(slots.get()).rejects.toThrow("over");
});
