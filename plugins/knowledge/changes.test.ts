import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { changes } from "./changes.ts";

/** Makes one step after each look and gives how many looks there were, the first and the last included. */
async function looks(make: (folder: string) => void, steps: readonly ((folder: string) => void)[], everyMs = 60_000): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "changes-"));
  make(folder);
  const stop = new AbortController();
  let count = 0;
  for await (const _ of changes([folder], stop.signal, { quietMs: 50, everyMs, except: [join(folder, "own")] })) {
    const step = steps[count++];
    if (!step) stop.abort();
    else void setTimeout(100).then(() => step(folder));
  }
  rmSync(folder, { recursive: true });
  return count;
}

test("a new file, a burst, a rename and a deletion are one look each", async () => {
  const steps = [
    (folder: string) => writeFileSync(join(folder, "sub", "new.md"), "x"),
    (folder: string) => {
      for (let i = 0; i < 50; i++) writeFileSync(join(folder, `${i}.md`), "x");
    },
    (folder: string) => renameSync(join(folder, "1.md"), join(folder, "moved.md")),
    (folder: string) => rmSync(join(folder, "moved.md")),
  ];
  expect(await looks((folder) => mkdirSync(join(folder, "sub")), steps)).toBe(5);
});

test("without a report there is a look after a while", async () => {
  expect(await looks(() => {}, [() => {}, () => {}], 200)).toBe(3);
});

test("what indexing writes itself does not wake it", async () => {
  const step = (folder: string) => writeFileSync(join(folder, "own", "a.db"), "x");
  const wake = (folder: string) => writeFileSync(join(folder, "owned.md"), "x");
  const stepThenWake = (folder: string) => {
    step(folder);
    void setTimeout(400).then(() => wake(folder));
  };
  expect(await looks((folder) => mkdirSync(join(folder, "own")), [stepThenWake])).toBe(2);
});

test("hidden folders do not wake it", async () => {
  const step = (folder: string) => {
    writeFileSync(join(folder, ".git", "index"), "x");
    void setTimeout(300).then(() => writeFileSync(join(folder, "seen.md"), "x"));
  };
  expect(await looks((folder) => mkdirSync(join(folder, ".git")), [step])).toBe(2);
});

test("a path that is gone is still looked at", async () => {
  const stop = new AbortController();
  let count = 0;
  for await (const _ of changes(["/does/not/exist"], stop.signal, { everyMs: 20 })) if (++count === 3) stop.abort();
  expect(count).toBe(3);
});
