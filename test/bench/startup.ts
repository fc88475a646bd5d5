/** How long the command takes to start, as a multiple of a bare `node -e 0` run in turn with it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const SYNESIS = join(import.meta.dirname, "../../bin/synesis.js");
const PAIRS = 21;

export function benchStartup(): BenchRow[] {
  const home = mkdtempSync(join(tmpdir(), "synesis-bench-"));
  // The certificate variable makes Node parse a bundle at start; it would add to both sides alike and blur the ratio.
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  const env = { ...inherited, SYNESIS_HOME: home };
  const run = (...args: string[]) => {
    const began = performance.now();
    spawnSync(process.execPath, args, { env, stdio: "ignore" });
    return performance.now() - began;
  };
  const compare = (name: string, limit: number, ...args: string[]): BenchRow => {
    run(SYNESIS, ...args); // fills the compile cache, as the first use of an installed command does
    const ratios = Array.from({ length: PAIRS }, () => run(SYNESIS, ...args) / run("-e", "0"));
    return { name, peer: "node -e 0", ratio: median(ratios), wanted: `at most ${limit}` };
  };
  try {
    return [
      compare("synesis --version", 1.6, "--version"),
      compare("synesis config list", 3, "config", "list"),
      compare("synesis knowledge stats", 3, "knowledge", "stats"),
      compare("synesis logs", 3, "logs"),
    ];
  } finally {
    rmSync(home, { recursive: true });
  }
}
