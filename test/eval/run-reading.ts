/** Reading comprehension from outside the process: `batch ask` over the whole folder, as a user would run it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatTable } from "../bench/table.ts";
import type { EvalReport } from "./main.ts";
import { type AnswerRow, evaluateReading, type ReadingFigures, type ReadingQuestion } from "./reading.ts";

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
    return report(evaluateReading(answers(), questions), evaluateReading(answers("--threshold", "0"), questions));
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** @param abstaining with the default threshold. @param always with threshold 0: the best draft, whatever its score. */
function report(abstaining: ReadingFigures, always: ReadingFigures): EvalReport {
  const figures = { ...flat("default", abstaining), ...flat("threshold0", always) };
  const share = (value: number) => value.toFixed(3);
  const rows = [
    ["questions, answerable of them", `${always.questions}, ${always.answerable}`],
    ["answerable: answer text in the answer, threshold 0", share(always.found)],
    ["answerable: answer text in the answer, default threshold", share(abstaining.found)],
    ["unanswerable: rightly not answered, default threshold", share(abstaining.unanswerableLeft)],
    ["right among those answered, default threshold", share(abstaining.rightAmongAnswered)],
    [
      "right among the surer half, all / answerable",
      `${share(always.council.rightAtHalf)} / ${share(always.council.rightAtHalfAnswerable)}`,
    ],
    ["area under risk-coverage, council, all / answerable", `${share(always.council.area)} / ${share(always.council.areaAnswerable)}`],
    ["area under risk-coverage, Logos alone, all / answerable", `${share(always.logos.area)} / ${share(always.logos.areaAnswerable)}`],
    ["expected calibration error", share(always.council.calibrationError)],
    ["characters of an answer, median", String(always.medianLength)],
  ];
  return { figures, text: formatTable(["reading", "figure"], rows) };
}

function flat(prefix: string, figures: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]: [string, unknown]) =>
      typeof value === "number" ? [[`${prefix}.${name}`, value]] : Object.entries(flat(`${prefix}.${name}`, value as object)),
    ),
  );
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
