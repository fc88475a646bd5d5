import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../kernel/index.ts";
import { type BatchLine, type BatchProgress, runBatch } from "../pipeline/batch.ts";
import { BaseCommand } from "./base-command.ts";
import { concealed } from "./services/conceal.ts";
import { ProgressLine } from "./services/progress.ts";

export const batchArgs = {
  input: Args.string({ ignoreStdin: true, required: true, description: 'A file of JSON lines; "-" reads standard input.' }),
};

export const batchFlags = {
  out: Flags.string({ helpValue: "OUT.jsonl", description: "Write the results here; standard output when absent." }),
  concurrency: Flags.integer({ min: 1, max: 256, default: 4, helpValue: "N", description: "How many lines to work on at once." }),
  resume: Flags.boolean({ dependsOn: ["out"], description: "Go on where an earlier run's output ends." }),
};

interface BatchInput {
  readonly args: { readonly input: string };
  readonly flags: { readonly out?: string | undefined; readonly concurrency: number; readonly resume: boolean };
}

/** What the batch commands share. Results go to --out or stdout, one JSON object a line; the summary to stderr. */
export abstract class BatchCommand extends BaseCommand {
  #linesOnStdout = false;

  protected async runLines({ args, flags }: BatchInput, work: (line: BatchLine) => Promise<object>): Promise<BatchProgress> {
    this.#linesOnStdout = flags.out === undefined;
    const progress = new ProgressLine(false);
    const total = await runBatch(
      {
        input: args.input,
        ...(flags.out === undefined ? {} : { output: flags.out }),
        concurrency: flags.concurrency,
        resume: flags.resume,
        signal: this.signal,
        conceal: concealed,
        onProgress: ({ done, failed }) => progress.show(`${done} done, ${failed} failed`),
      },
      work,
    ).finally(() => progress.clear());
    const before = total.skipped > 0 ? `, ${total.skipped === 1 ? "1 was" : `${total.skipped} were`} done before` : "";
    process.stderr.write(`${total.done} done, ${total.failed} of them with an error${before}.\n`);
    return total;
  }

  /** With --json the summary is the one value on stdout, unless the results are there already. */
  override logJson(value: unknown): void {
    if (!this.#linesOnStdout) super.logJson(value);
  }
}

/** A text field of a line. */
export function textField(line: BatchLine, field: string): string {
  const value = line[field];
  if (typeof value !== "string") throw new SynesisError("BATCH_LINE_INVALID", `It has no text in "${field}".`);
  return value;
}
