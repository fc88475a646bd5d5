/** A question over this project's own documentation as a whole process, the first one and those after it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const ROOT = join(import.meta.dirname, "../..");
const SYNESIS = join(ROOT, "bin/synesis.js");
const RUNS = 5;

export function benchAsk(): BenchRow[] {
  const run = (home: string) => {
    const began = performance.now();
    spawnSync(process.execPath, [SYNESIS, "ask", "What may leave the machine?", "--path", join(ROOT, "docs")], {
      env: { ...process.env, SYNESIS_HOME: home },
      stdio: "ignore",
    });
    return performance.now() - began;
  };
  const bare = () => {
    const began = performance.now();
    spawnSync(process.execPath, ["-e", "0"], { stdio: "ignore" });
    return performance.now() - began;
  };
  const homes = Array.from({ length: RUNS }, () => mkdtempSync(join(tmpdir(), "synesis-bench-")));
  try {
    const first = median(homes.map((home) => run(home) / bare()));
    const second = median(homes.map((home) => run(home) / bare()));
    return [
      { name: "ask --path docs, first (with indexing)", peer: "node -e 0", ratio: first, wanted: "whole process under 10 s" },
      { name: "ask --path docs, second", peer: "node -e 0", ratio: second, wanted: "whole process under 1 s" },
    ];
  } finally {
    for (const home of homes) rmSync(home, { recursive: true });
  }
}
