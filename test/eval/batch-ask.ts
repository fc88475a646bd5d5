import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLines } from "./read-lines.ts";

const SYNESIS = join(import.meta.dirname, "../../bin/synesis.js");

/**
 * Asks by `synesis batch ask`, as a user would, in a home of its own: one call for each set of flags and settings.
 */
export function withBatchAsk<T, Row>(
  questions: readonly { readonly id: string; readonly question: string }[],
  use: (ask: (flags?: readonly string[], settings?: Readonly<Record<string, unknown>>) => Row[]) => T,
): T {
  const home = mkdtempSync(join(tmpdir(), "synesis-eval-"));
  const input = join(home, "input.jsonl");
  writeFileSync(input, questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
  let calls = 0;
  try {
    return use((flags = [], settings = {}) => {
      mkdirSync(join(home, "home"), { recursive: true });
      writeFileSync(join(home, "home/config.json"), JSON.stringify(settings));
      const out = join(home, `answers${calls++}.jsonl`);
      const env = { ...process.env, SYNESIS_HOME: join(home, "home") };
      const { status } = spawnSync(process.execPath, [SYNESIS, "batch", "ask", input, "--out", out, ...flags], {
        env,
        stdio: ["ignore", "ignore", "inherit"],
      });
      if (status !== 0) throw new Error(`batch ask ended with ${status}`);
      return readLines<Row>(out);
    });
  } finally {
    rmSync(home, { recursive: true });
  }
}
