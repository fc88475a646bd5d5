import { execFile, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { EgressLog } from "./log.ts";

const newLog = () => new EgressLog(mkdtempSync(join(tmpdir(), "egress-")));
const fixture = fileURLToPath(new URL("./append.fixture.ts", import.meta.url));

test("entries come back with the exact bytes, in a private file", () => {
  const log = newLog();
  log.append("a.example", '{"text":"[EMAIL_01]\\n"}');
  log.append("b.example", new Uint8Array([0xff, 0x00, 0x41]));
  expect(log.inspect()).toMatchObject({
    ok: true,
    headKnown: true,
    entries: [
      { sequence: 1, to: "a.example", body: '{"text":"[EMAIL_01]\\n"}', encoding: "utf8" },
      { sequence: 2, to: "b.example", body: "/wBB", encoding: "base64" },
    ],
  });
  expect(statSync(log.file).mode & 0o777).toBe(0o600);
});

test("a log that was never written is whole", () =>
  expect(newLog().inspect()).toEqual({ ok: true, entries: [], torn: 0, headKnown: true }));

const spoilt = (name: string, line: number, spoil: (lines: string[]) => string[]) =>
  test(`${name} is found`, () => {
    const log = newLog();
    for (let i = 0; i < 4; i++) log.append("a.example", `body ${i}`);
    writeFileSync(log.file, spoil(readFileSync(log.file, "utf8").split("\n")).join("\n"));
    const { ok, line: found, entries } = log.inspect();
    expect({ ok, found, entries: entries.length }).toEqual({ ok: false, found: line, entries: line - 1 });
  });

spoilt("a changed body", 2, (lines) => lines.with(1, lines[1]?.replace("body 1", "body 9") ?? ""));
spoilt("a line taken out", 3, (lines) => lines.toSpliced(2, 1));
spoilt("lines in another order", 2, ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest]);
spoilt("a line cut short", 4, (lines) => lines.with(3, lines[3]?.slice(0, 20) ?? ""));
spoilt("an empty line", 3, (lines) => lines.toSpliced(2, 0, ""));
spoilt("a missing last line", 4, (lines) => lines.toSpliced(3, 1));
spoilt("the last acknowledged line torn", 4, (lines) => [...lines.slice(0, 3), lines[3]?.slice(0, 20) ?? ""]);
spoilt("a file emptied", 1, () => []);

test("a file that is gone is found", () => {
  const log = newLog();
  log.append("a.example", "x");
  rmSync(log.file);
  expect(log.inspect()).toMatchObject({ ok: false, line: 1 });
});

test("lines missing at the end are not seen once the head is gone, and that is said", () => {
  const log = newLog();
  log.append("a.example", "x");
  for (const end of ["", "-wal", "-shm"]) rmSync(join(dirname(log.file), `egress-head.db${end}`), { force: true });
  expect(log.inspect()).toMatchObject({ ok: true, headKnown: false });
});

const refusing = (name: string, spoil: (log: EgressLog) => void) =>
  test(`nothing is appended ${name}`, () => {
    const log = newLog();
    for (const body of ["x", "y"]) log.append("a.example", body);
    spoil(log);
    expect(() => log.append("a.example", "z")).toThrow(/damaged/);
  });

refusing("to a damaged last line", ({ file }) => writeFileSync(file, readFileSync(file, "utf8").replace('"y"', '"n"')));
refusing("where the last line is missing", ({ file }) => writeFileSync(file, `${readFileSync(file, "utf8").split("\n")[0]}\n`));

const mending = (name: string, torn: string, aside: string) =>
  test(`${name} is kept as evidence, and the log goes on`, () => {
    const log = newLog();
    log.append("a.example", "x");
    appendFileSync(log.file, torn);
    expect(log.inspect()).toMatchObject({ ok: true, torn: Buffer.byteLength(torn) });
    log.append("a.example", "y");
    expect(log.inspect()).toMatchObject({ ok: true, torn: 0, entries: [{ body: "x" }, { body: "y" }] });
    expect(readFileSync(`${log.file}.torn`, "utf8")).toBe(aside);
  });

mending("half a line", '{"half', '{"half\n');
mending("half a long line", `{"sequence":2,"body":"${"é".repeat(100_000)}`, `{"sequence":2,"body":"${"é".repeat(100_000)}\n`);
mending("a block of zeros", "\0".repeat(4096), `${"\0".repeat(4096)}\n`);

test("a whole line that lacks its line feed counts", () => {
  const log = newLog();
  for (const body of ["x", "y"]) log.append("a.example", body);
  writeFileSync(log.file, readFileSync(log.file, "utf8").trimEnd());
  expect(log.inspect()).toMatchObject({ ok: true, entries: [{}, {}] });
  log.append("a.example", "z");
  expect(log.inspect()).toMatchObject({ ok: true, entries: [{}, {}, { body: "z" }] });
});

test("a line whose head was not written counts", () => {
  const [log, ahead] = [newLog(), newLog()];
  for (const body of ["x", "y"]) ahead.append("a.example", body);
  writeFileSync(log.file, readFileSync(ahead.file));
  expect(log.append("a.example", "z").sequence).toBe(3);
  expect(log.inspect()).toMatchObject({ ok: true, headKnown: true });
});

test("processes that write at once make one chain", async () => {
  const log = newLog();
  await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, [fixture, dirname(log.file), "10"])));
  const { ok, entries } = log.inspect();
  expect({ ok, entries: entries.length }).toEqual({ ok: true, entries: 30 });
});

test("processes killed while they write lose nothing acknowledged and leave nothing to repair", async () => {
  const log = newLog();
  let acknowledged = 0;
  for (let round = 0; round < 6; round++) {
    const children = [1, 2].map(() =>
      spawn(process.execPath, [fixture, dirname(log.file), "100000", "20000"], { stdio: ["ignore", "pipe", "inherit"] }),
    );
    const told = children.map((child) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      return () => text;
    });
    while (told.some((text) => text() === "")) await sleep(1);
    await sleep(3 * round);
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => new Promise((resolve) => child.on("close", resolve))));
    const last = told.flatMap((text) => text().split("\n").slice(0, -1).map(Number));
    acknowledged = Math.max(acknowledged, ...last);
    const { ok, entries } = log.inspect();
    expect(ok).toBe(true);
    expect(entries.length).toBeGreaterThanOrEqual(acknowledged);
    expect(log.append("cloud.example", "after the crash").sequence).toBe(entries.length + 1);
  }
});
