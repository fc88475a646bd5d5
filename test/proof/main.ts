/**
 * `npm run proof:leaks -- [--sessions N] [--first SEED]`: sends N sessions full of planted secrets to a provider that
 * keeps every byte, and searches what it got. Ends with 1 when a detected value was sent, or a value not given back.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { proveNoLeaks } from "./leaks.ts";

const { values } = parseArgs({ options: { sessions: { type: "string", default: "1000" }, first: { type: "string", default: "1" } } });
const home = mkdtempSync(join(tmpdir(), "proof-"));
try {
  const report = await proveNoLeaks(home, Number(values.sessions), Number(values.first));
  const { notDetected, leaked, notRestored } = report;
  console.log(`sessions                              ${report.sessions}
bytes that the provider got           ${report.bytes}
values planted                        ${report.planted}
detected and sent all the same        ${leaked.length}
answers without all values back       ${notRestored.length}
not detected, of patterns             ${notDetected.patterns}
not detected, names and addresses     ${notDetected.names}
sessions with a value not detected    ${report.sessionsNotWhole}`);
  for (const leak of leaked.slice(0, 20)) console.log(leak);
  if (leaked.length + notRestored.length > 0) process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
