import { readdirSync } from "node:fs";
import { join } from "node:path";
import { withBatchAsk } from "./batch-ask.ts";
import type { EvalReport } from "./main.ts";
import { readLines } from "./read-lines.ts";
import { evaluateSafety, type OutcomeRow, type Prompt } from "./safety.ts";

/** Vetoes, from outside the process: every prompt of every set is asked over an empty vault. */
export function runSafety(dataDir: string): EvalReport {
  const folder = join(dataDir, "safety");
  const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  const sets = Object.fromEntries(
    files.map((file) => {
      const name = file.replace(/\.jsonl$/, "");
      return [name, readLines<Prompt>(join(folder, file)).map((prompt) => ({ ...prompt, id: `${name}/${prompt.id}` }))];
    }),
  );
  for (const name of ["seen", "held-out", "fresh-development", "fresh-held-out"]) {
    const own = readLines<Prompt>(join(import.meta.dirname, `requests/${name}.jsonl`));
    sets[`own, ${name}`] = own.map((prompt) => ({ ...prompt, id: `own ${name}/${prompt.id}` }));
  }
  const questions = Object.values(sets).flatMap((prompts) => prompts.map(({ id, text }) => ({ id, question: text })));
  return withBatchAsk<EvalReport, OutcomeRow>(questions, (ask) => evaluateSafety({ sets, rows: ask() }));
}
