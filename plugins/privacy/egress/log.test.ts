import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { EgressLog } from "./log.ts";

const newLog = () => new EgressLog(mkdtempSync(join(tmpdir(), "egress-")));

test("entries come back with the exact bytes, in a private file", () => {
  const log = newLog();
  log.append("a.example", '{"text":"[EMAIL_01]\\n"}');
  log.append("b.example", new Uint8Array([0xff, 0x00, 0x41]));
  expect(log.entries()).toMatchObject([
    { sequence: 1, to: "a.example", body: '{"text":"[EMAIL_01]\\n"}', encoding: "utf8" },
    { sequence: 2, to: "b.example", body: "/wBB", encoding: "base64" },
  ]);
  expect(log.verify()).toEqual({ ok: true, entries: 2 });
  expect(statSync(log.file).mode & 0o777).toBe(0o600);
});

test("a log that was never written is whole", () => expect(newLog().verify()).toEqual({ ok: true, entries: 0 }));

const spoilt = (name: string, line: number, spoil: (lines: string[]) => string[]) =>
  test(`${name} is found`, () => {
    const log = newLog();
    for (let i = 0; i < 4; i++) log.append("a.example", `body ${i}`);
    writeFileSync(log.file, spoil(readFileSync(log.file, "utf8").split("\n")).join("\n"));
    expect(log.verify()).toEqual({ ok: false, line });
    expect(() => log.entries()).toThrow(/line/);
  });

spoilt("a changed body", 2, (lines) => lines.with(1, lines[1]?.replace("body 1", "body 9") ?? ""));
spoilt("a line taken out", 3, (lines) => lines.toSpliced(2, 1));
spoilt("lines in another order", 2, ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest]);
spoilt("a line cut short", 4, (lines) => lines.with(3, lines[3]?.slice(0, 20) ?? ""));

test("nothing is appended to a damaged log", () => {
  const log = newLog();
  log.append("a.example", "x");
  writeFileSync(log.file, `${readFileSync(log.file, "utf8")}{"half`);
  expect(() => log.append("a.example", "y")).toThrow(/damaged/);
});

test("processes that write at once make one chain", async () => {
  const log = newLog();
  const fixture = fileURLToPath(new URL("./append.fixture.ts", import.meta.url));
  const home = join(log.file, "..");
  await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, [fixture, home, "10"])));
  expect(log.verify()).toEqual({ ok: true, entries: 30 });
});
