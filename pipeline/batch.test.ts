import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SynesisError } from "../kernel/index.ts";
import { type BatchOptions, runBatch } from "./batch.ts";

const folder = () => mkdtempSync(join(tmpdir(), "batch-"));
const lines = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function options(input: string[], changes: Partial<BatchOptions> = {}): BatchOptions & { output: string } {
  const at = folder();
  writeFileSync(join(at, "in.jsonl"), input.join("\n"));
  return {
    input: join(at, "in.jsonl"),
    output: join(at, "out.jsonl"),
    concurrency: 3,
    resume: false,
    signal: new AbortController().signal,
    conceal: async (text: string) => text.replaceAll("secret", "[SECRET]"),
    ...changes,
  };
}

const double = async ({ n }: { readonly [field: string]: unknown }) => ({ status: Number(n) * 2 });

test("every line has its line in the output, whatever the order", async () => {
  const run = options(['{"id":"a","n":1}', '{"id":2,"n":2}', "", '{"id":"c","n":3}']);
  expect(await runBatch(run, double)).toEqual({ done: 3, failed: 0, skipped: 0 });
  expect(lines(run.output).sort((x, y) => x.status - y.status)).toEqual([
    { status: 2, id: "a" },
    { status: 4, id: 2 },
    { status: 6, id: "c" },
  ]);
});

test("no more lines are in hand than the concurrency allows", async () => {
  let now = 0;
  let most = 0;
  const run = options(
    Array.from({ length: 40 }, (_, id) => JSON.stringify({ id })),
    { concurrency: 4 },
  );
  await runBatch(run, async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now--;
    return {};
  });
  expect(most).toBe(4);
});

test("a line that fails is answered with its error, and the others go on", async () => {
  const run = options(['{"id":1}', "not json", "[]", "{}", '{"id":1}', '{"id":5}']);
  await runBatch(run, async ({ id }) => {
    if (id === 5) throw new SynesisError("EMPTY_QUESTION");
    return {};
  });
  const rows = lines(run.output);
  expect(rows.find(({ id }) => id === 5).error.code).toBe("EMPTY_QUESTION");
  expect(
    rows
      .filter(({ error }) => error?.code === "BATCH_LINE_INVALID")
      .map(({ line }) => line)
      .sort(),
  ).toEqual([2, 3, 4, 5]);
});

test("the message of an unforeseen error does not reach the output", async () => {
  const run = options(['{"id":1}']);
  await runBatch(run, async () => {
    throw new Error("secret contents");
  });
  expect(readFileSync(run.output, "utf8")).not.toContain("secret");
});

test("a run goes on after the last whole line of its output, and tries again what failed", async () => {
  const run = options(['{"id":"a","n":1}', '{"id":"b","n":2}', "broken", '{"id":"c","n":3}']);
  writeFileSync(run.output, '{"status":2,"id":"a"}\n{"id":"b","error":{"code":"DATABASE_LOCKED","message":""}}\n');
  appendFileSync(run.output, '{"status":6,"id"'); // where a kill cut it off
  expect(await runBatch({ ...run, resume: true }, double)).toEqual({ done: 3, failed: 1, skipped: 1 });
  expect(
    lines(run.output)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["a", "b", "c", null]);
  expect(lines(run.output).find(({ id }) => id === "b")).toEqual({ id: "b", status: 4 });
});

test("an output that no batch has written is never touched", async () => {
  const run = options(['{"id":1}']);
  for (const contents of ["garbage\n", '{"id":1,"question":"an input"}\n', "[]\n"]) {
    writeFileSync(run.output, contents);
    await expect(runBatch({ ...run, resume: true }, double)).rejects.toMatchObject({ code: "OUTPUT_UNUSABLE", exit: 2 });
    expect(readFileSync(run.output, "utf8")).toBe(contents);
  }
  await expect(runBatch({ ...run, output: run.input, resume: true }, double)).rejects.toMatchObject({ code: "USAGE" });
});

test("an id that JSON cannot carry exactly is refused rather than changed", async () => {
  const run = options(['{"id":12345678901234567890}', '{"id":1e400}', '{"id":1.5}', '{"id":9007199254740991}']);
  expect(await runBatch(run, double)).toMatchObject({ done: 4, failed: 3 });
});

test("an output that is there is never overwritten", async () => {
  const run = options(['{"id":1}']);
  writeFileSync(run.output, "precious\n");
  await expect(runBatch(run, double)).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
  expect(readFileSync(run.output, "utf8")).toBe("precious\n");
});

test("interrupting stops new work, keeps finished lines and can be resumed", async () => {
  const stop = new AbortController();
  const run = options(
    Array.from({ length: 50 }, (_, id) => JSON.stringify({ id, n: id })),
    { concurrency: 1, signal: stop.signal },
  );
  const work = async (line: { readonly [field: string]: unknown }) => {
    if (line["id"] === 10) stop.abort();
    return double(line);
  };
  await expect(runBatch(run, work)).rejects.toMatchObject({ code: "INTERRUPTED", exit: 130 });
  const kept = lines(run.output).length;
  expect(kept).toBe(10);
  expect(await runBatch({ ...run, resume: true, signal: new AbortController().signal }, double)).toMatchObject({ done: 40, skipped: 10 });
  expect(new Set(lines(run.output).map(({ id }) => id)).size).toBe(50);
});

test("an input that is not there is a clear error", async () => {
  const run = options([]);
  await expect(runBatch({ ...run, input: "/no/such/file" }, double)).rejects.toMatchObject({ code: "INPUT_NOT_FOUND" });
});

test("an output that cannot be written is a clear error", async () => {
  const run = options(['{"id":1}']);
  await expect(runBatch({ ...run, output: "/no/such/folder/out" }, double)).rejects.toMatchObject({ code: "OUTPUT_UNUSABLE" });
});
