import { beforeEach, expect, test } from "vitest";
import { KEPT_MS, Repeats } from "./repeats.ts";

let now = 0;
let repeats: Repeats<string>;
let attempts: number[];
beforeEach(() => {
  now = 0;
  attempts = [];
  repeats = new Repeats(() => now);
});

const request = (requestId: string, question = "Which?") => ({ requestId, question });
const signal = new AbortController().signal;
/** Notes the attempt, and comes to the answer, or to an error where there is none. */
const comesTo = (answer?: string) => async (attempt: number) => {
  attempts.push(attempt);
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (answer === undefined) throw new Error("the client left");
  return answer;
};

test("what was answered is answered again, and not done again", async () => {
  expect(await repeats.once(request("a"), signal, comesTo("one"))).toBe("one");
  expect(await repeats.once(request("a"), signal, comesTo("two"))).toBe("one");
  expect(attempts).toEqual([0]);
});

test("whoever asks meanwhile waits, and all get one answer", async () => {
  const answers = [1, 2, 3].map((n) => repeats.once(request("a"), signal, comesTo(String(n))));
  expect(await Promise.all(answers)).toEqual(["1", "1", "1"]);
  expect(attempts).toEqual([0]);
});

test("what came to no answer is begun again, once, for all who wait", async () => {
  const first = repeats.once(request("a"), signal, comesTo());
  const waiting = [1, 2, 3].map((n) => repeats.once(request("a"), signal, comesTo(String(n))));
  await expect(first).rejects.toThrow("the client left");
  expect(new Set(await Promise.all(waiting)).size).toBe(1);
  expect(attempts).toEqual([0, 1]);
});

test("whoever waits and leaves begins nothing", async () => {
  const left = new AbortController();
  const first = repeats.once(request("a"), signal, comesTo());
  const second = repeats.once(request("a"), left.signal, comesTo("two"));
  left.abort(new Error("gone"));
  await expect(first).rejects.toThrow();
  await expect(second).rejects.toThrow("gone");
  expect(attempts).toEqual([0]);
});

test("another request under the same id is refused", async () => {
  await repeats.once(request("a"), signal, comesTo("one"));
  await expect(repeats.once(request("a", "Who?"), signal, comesTo("two"))).rejects.toMatchObject({ code: "conflict" });
});

test("answers are forgotten after a while, and when there are many", async () => {
  for (let i = 0; i < 60; i++) await repeats.once(request(String(i)), signal, comesTo("old"));
  expect(await repeats.once(request("59"), signal, comesTo("new"))).toBe("old");
  expect(await repeats.once(request("0"), signal, comesTo("new"))).toBe("new");
  now += KEPT_MS + 1;
  expect(await repeats.once(request("59"), signal, comesTo("new"))).toBe("new");
});
