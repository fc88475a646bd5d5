/** Reading comprehension from outside the process: `batch ask` over the whole folder, as a user would run it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvalReport } from "./main.ts";
import { type AnswerRow, evaluateReading, type ReadingQuestion } from "./reading.ts";

const SYNESIS = join(import.meta.dirname, "../../bin/synesis.js");

export function runReading(dataDir: string): EvalReport {
  const folder = join(dataDir, "reading");
  const questions = readLines<ReadingQuestion>(join(folder, "questions.jsonl"));
  const home = mkdtempSync(join(tmpdir(), "synesis-eval-"));
  try {
    const input = join(home, "input.jsonl");
    writeFileSync(input, questions.map(({ id, question }) => `${JSON.stringify({ id, question })}\n`).join(""));
    const answers = (...flags: string[]) => {
      const out = join(home, `answers${flags.length}.jsonl`);
      const { status } = spawnSync(
        process.execPath,
        [SYNESIS, "batch", "ask", input, "--out", out, "--path", join(folder, "docs"), ...flags],
        {
          env: { ...process.env, SYNESIS_HOME: join(home, "home") },
          stdio: ["ignore", "ignore", "inherit"],
        },
      );
      if (status !== 0) throw new Error(`batch ask ended with ${status}`);
      return readLines<AnswerRow>(out);
    };
    return evaluateReading({ abstaining: answers(), everything: answers("--threshold", "0"), questions });
  } finally {
    rmSync(home, { recursive: true });
  }
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
