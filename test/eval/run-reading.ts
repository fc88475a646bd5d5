import { join } from "node:path";
import { withBatchAsk } from "./batch-ask.ts";
import type { EvalReport } from "./main.ts";
import { readLines } from "./read-lines.ts";
import { type AnswerRow, askEveryWay, evaluateReading, type ReadingQuestion } from "./reading.ts";

/** Reading comprehension from outside the process: every question over the whole folder, as it is and with threshold 0. */
export function runReading(dataDir: string): EvalReport {
  const folder = join(dataDir, "reading");
  const questions = readLines<ReadingQuestion>(join(folder, "questions.jsonl"));
  const over = ["--path", join(folder, "docs")];
  return withBatchAsk<EvalReport, AnswerRow>(questions, (ask) => evaluateReading(askEveryWay(ask, over, questions)));
}
