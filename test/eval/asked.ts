import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compose } from "../../bin/services/compose.ts";
import { loadConfig } from "../../bin/services/config.ts";
import { addToVault } from "../../bin/services/knowledge.ts";
import { ProgressLine } from "../../bin/services/progress.ts";
import { type Brief, type Redacted, reveal, Trace } from "../../kernel/index.ts";
import { readLines } from "./read-lines.ts";

/** A question of a reading set, and what the agents would be shown of it. */
export interface Asked {
  readonly file: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
  readonly brief: Brief<string>;
  /** Names of the files of the brief's passages. */
  readonly files: readonly string[];
}

export interface ArticleQuestion {
  readonly question: string;
  readonly file: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
}

/**
 * The questions about every second file, all files being searched together; the other files stay unseen by a fit.
 *
 * @param folder the files. @param all the questions;
 */
export async function* askedOfHalf(folder: string, all: readonly ArticleQuestion[]): AsyncGenerator<Asked> {
  const home = mkdtempSync(join(tmpdir(), "fit-"));
  const signal = new AbortController().signal;
  const config = loadConfig(home);
  const { kernel } = await compose(home, config, "council");
  try {
    await addToVault({ home, config, kernel, thinking: "none", notices: [], signal }, [folder], new ProgressLine(true));
    for (const { question, file, answers, answerable } of ofEverySecondFile(all)) {
      const call = { signal, trace: new Trace() };
      const { text } = await kernel.redact(question, "fit", call);
      const passages = await kernel.hooks.retrieve.promise([], { text, session: "fit", topK: config.retrieval.topK, within: [] }, call);
      const show = (redacted: Redacted) => reveal(redacted, kernel.service("tokenVault").session("fit")).raw;
      const shown = passages.map((one) => ({ ...one, title: show(one.title), heading: show(one.heading), text: show(one.text) }));
      const brief: Brief<string> = { phase: "propose", round: 1, session: "fit", question, passages: shown, objections: [] };
      yield { file, answers, answerable, brief, files: passages.map(({ path }) => basename(path)) };
    }
  } finally {
    await kernel.close();
    rmSync(home, { recursive: true });
  }
}

/** The questions of a reading set, `questions.jsonl`. */
export function articleQuestions(folder: string): ArticleQuestion[] {
  return readLines<ArticleQuestion>(join(folder, "questions.jsonl"));
}

export function ofEverySecondFile(questions: readonly ArticleQuestion[]): readonly ArticleQuestion[] {
  const files = [...new Set(questions.map(({ file }) => file))].sort().filter((_, i) => i % 2 === 0);
  return questions.filter(({ file }) => files.includes(file));
}
