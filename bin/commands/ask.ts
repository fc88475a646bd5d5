import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../kernel/index.ts";
import type { AskResult } from "../../pipeline/ask.ts";
import { BaseCommand } from "../base-command.ts";
import { elsewhere, filters, lora, paths, rounds, session, threshold, topK } from "../flags.ts";
import { type Asker, type AskFlags, escalates, exitCodeOf, screenFor, withAsker } from "../services/ask.ts";
import { count } from "../services/count.ts";
import { readInput } from "../services/input.ts";
import { addToVault, RENEW_BEFORE_ASKING_MS } from "../services/knowledge.ts";
import { type AskPreview, assertPreview, noticesOf, previewAsk } from "../services/preview.ts";
import { ProgressLine } from "../services/progress.ts";
import { reinflateText } from "../services/redact.ts";
import { showAnswer } from "../services/show-answer.ts";
import { explainRun } from "../services/show-run.ts";
import { type Workspace, withWorkspace } from "../services/workspace.ts";

/** More than any question; what is really allowed is for the pipeline to say. */
const MAX_INPUT_BYTES = 1024 * 1024;

export default class Ask extends BaseCommand {
  static override summary = "Ask a question over your files; the council answers with its sources, or says that it cannot.";
  static override description =
    "Exit code 0: answered. 3: vetoed by Ethos. 4: the agents did not agree, or nothing in the documents supports an answer.";
  static override examples = [
    '<%= config.bin %> ask "How do I install it?" --path docs',
    'echo "Who wrote this?" | <%= config.bin %> ask - --json',
  ];
  static override args = { question: Args.string({ ignoreStdin: true, description: 'The question; "-" reads it from standard input.' }) };
  static override flags = {
    path: paths,
    session,
    "top-k": topK,
    threshold,
    rounds,
    ...filters,
    lora,
    explain: Flags.boolean({ description: "Show who said what in each round." }),
    ...elsewhere,
    stream: Flags.boolean({
      allowNo: true,
      description: "Show a model's text as it comes, before Ethos has judged it; so at a terminal, unless --no-stream is given.",
    }),
    preview: Flags.boolean({
      exclusive: ["session"],
      description: "With --cloud: show the exact bytes that would leave, and ask nobody. Folders of --path are indexed as always.",
    }),
  };

  async run(): Promise<AskResult | AskPreview> {
    const { args, flags } = await this.parse(Ask);
    assertPreview(flags);
    const question = await this.#question(args.question);
    const within = flags.path ?? [];
    if (flags.preview) return this.#preview(question, flags);
    const work = async (workspace: Workspace) => {
      const screen = await screenFor(workspace, flags, this.jsonEnabled());
      const use = async (asker: Asker) => {
        for (const notice of workspace.notices) await this.notice(notice);
        if (within.length > 0) await this.#index(workspace, within);
        const asking = flags.session === undefined ? asker.ask(question) : asker.goOn(question);
        const { result, run } = await asking.finally(() => screen?.end());
        process.exitCode = exitCodeOf(result.outcome);
        this.log(showAnswer(result, screen?.used));
        if (flags.explain) this.log(`\n${await reinflateText(workspace, explainRun(run), run.session)}`);
        return result;
      };
      return withAsker(workspace, flags, use, screen ? { tell: (...told) => screen.tell(...told) } : {});
    };
    return withWorkspace("council", this.signal, work, { ...escalates(flags), lora: flags.cloud ? undefined : flags.lora });
  }

  #preview(question: string, flags: AskFlags): Promise<AskPreview> {
    const look = async (workspace: Workspace) => {
      if (flags.path) await this.#index(workspace, flags.path);
      const shown = await previewAsk(workspace, question, flags);
      if (!this.jsonEnabled()) process.stdout.write(Buffer.from(shown.body, shown.encoding));
      for (const notice of noticesOf(shown)) await this.notice(notice);
      return shown;
    };
    return withWorkspace("council", this.signal, look, { keepNothing: true, escalates: false });
  }

  async #question(given: string | undefined): Promise<string> {
    const fromInput = given === "-" || (given === undefined && !process.stdin.isTTY);
    const question = fromInput ? await readInput("-", MAX_INPUT_BYTES).catch(tooLong) : (given ?? "");
    if (!question.trim()) throw new SynesisError("EMPTY_QUESTION");
    return question;
  }

  async #index(workspace: Parameters<typeof addToVault>[0], within: readonly string[]): Promise<void> {
    const report = await addToVault(workspace, within, new ProgressLine(this.jsonEnabled()), { renewMs: RENEW_BEFORE_ASKING_MS });
    const changed = report.added + report.updated + report.removed;
    if (changed > 0)
      await this.notice(`Indexed ${report.added} new, ${report.updated} changed and ${count(report.removed, "removed document")}.`);
    for (const { path, reason } of report.skipped.slice(0, 5)) await this.notice(`Skipped ${path}: ${reason}`);
    if (report.skipped.length > 5) await this.notice(`… and ${report.skipped.length - 5} more.`);
  }
}

function tooLong(error: unknown): never {
  if (error instanceof SynesisError && error.code === "INPUT_TOO_LARGE") throw new SynesisError("QUESTION_TOO_LONG");
  throw error;
}
