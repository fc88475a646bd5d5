/**
 * `npm run proof:leaks -- [--sessions N] [--first SEED] [--way anthropic|openai|cloud|quic|h2] [--over cloud]`: N sessions
 * full of planted secrets escalate by each way out of this machine, or by one, to providers that keep every byte; what they
 * got is searched. With "--over cloud" they go over QUIC and over HTTP/2, through the gateway to the Worker and on to the
 * stand-ins, all on this machine. Ends with 1 when a detected value was sent, or a value not given back.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CLOUD_WAYS } from "./cloud.ts";
import { proveNoLeaks } from "./leaks.ts";
import { WAYS } from "./provider.ts";

const { values } = parseArgs({
  options: {
    sessions: { type: "string", default: "1000" },
    first: { type: "string", default: "1" },
    way: { type: "string" },
    over: { type: "string" },
  },
});
const offered = values.over === "cloud" ? CLOUD_WAYS : values.way === undefined ? WAYS : [...WAYS, ...CLOUD_WAYS];
const ways = offered.filter((each) => values.way === undefined || each === values.way);
if (ways.length === 0) throw new Error(`There is no such way: ${values.way}.`);
const home = mkdtempSync(join(tmpdir(), "proof-"));
try {
  for (const way of ways) {
    const report = await proveNoLeaks(home, Number(values.sessions), way, Number(values.first));
    const { notDetected, leaked, notRestored } = report;
    console.log(`way                                   ${way}
sessions                              ${report.sessions}
bytes that were searched              ${report.bytes}
values planted                        ${report.planted}
detected and sent all the same        ${leaked.length}
answers without all values back       ${notRestored.length}
not detected, of patterns             ${notDetected.patterns}
not detected, names and addresses     ${notDetected.names}
sessions with a value not detected    ${report.sessionsNotWhole}
not detected, by type                 ${report.notDetectedTypes.map((each) => each.join(" ")).join(", ")}
`);
    for (const leak of [...leaked, ...notRestored.map((seed) => `session ${seed}: not restored`)].slice(0, 20)) console.log(leak);
    if (leaked.length + notRestored.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
