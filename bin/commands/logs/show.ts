import * as Args from "@oclif/core/args";
import type { RunRecord } from "../../../pipeline/run-log.ts";
import { BaseCommand } from "../../base-command.ts";
import { reinflateText } from "../../services/redact.ts";
import { explainRun } from "../../services/show-run.ts";
import { recordedRun } from "../../services/with-run-log.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class LogsShow extends BaseCommand {
  static override summary = "Show how one question was deliberated.";
  static override examples = ["<%= config.bin %> logs show 1b9d6bcd"];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The run's id, or its first characters." }) };

  async run(): Promise<RunRecord> {
    const { args } = await this.parse(LogsShow);
    const run = recordedRun(args.id);
    if (!this.jsonEnabled()) this.log(await this.#withValues(run));
    return run;
  }

  /** For the eyes of the user alone: what is recorded, and what --json gives, holds tokens. */
  #withValues(run: RunRecord): Promise<string> {
    const text = `${run.question}\n${new Date(run.at).toISOString()}  ${run.outcome}  ${run.score.toFixed(2)}\n\n${explainRun(run)}`;
    return withWorkspace("privacy", this.signal, (workspace) => reinflateText(workspace, text, run.session));
  }
}
