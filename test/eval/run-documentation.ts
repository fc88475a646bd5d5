/** Questions over project documentation: this project's own, and the README files of packages it is built with. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withBatchAsk } from "./batch-ask.ts";
import type { EvalReport } from "./main.ts";
import { readLines } from "./read-lines.ts";
import { type AnswerRow, askEveryWay, evaluateReading, type ReadingQuestion } from "./reading.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface DocumentationQuestion extends ReadingQuestion {
  /** Relative to the repository. */
  readonly file: string;
}

export function documentationQuestions(): DocumentationQuestion[] {
  return readLines<DocumentationQuestion>(join(import.meta.dirname, "documentation/questions.jsonl"));
}

/** A folder with a copy of the files that the questions are about: node_modules is not indexed where it is. */
export function copyOfDocumentation(): string {
  const folder = mkdtempSync(join(tmpdir(), "synesis-documentation-"));
  for (const { file } of documentationQuestions()) cpSync(join(ROOT, file), join(folder, file.replace("node_modules/", "")));
  return folder;
}

export function runDocumentation(): EvalReport {
  const questions = documentationQuestions();
  const folder = copyOfDocumentation();
  try {
    return withBatchAsk<EvalReport, AnswerRow>(questions, (ask) => evaluateReading(askEveryWay(ask, ["--path", folder], questions)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
