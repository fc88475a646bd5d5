import * as Args from "@oclif/core/args";
import type { RunRecord } from "../../../pipeline/run-log.ts";
import { BaseCommand } from "../../base-command.ts";
import { explainRun } from "../../services/show-run.ts";
import { recordedRun } from "../../services/with-run-log.ts";

export default class LogsShow extends BaseCommand {
  static override summary = "Show how one question was deliberated.";
  static override examples = ["<%= config.bin %> logs show 1b9d6bcd"];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The run's id, or its first characters." }) };

  async run(): Promise<RunRecord> {
    const { args } = await this.parse(LogsShow);
    const run = recordedRun(args.id);
    this.log(`${run.question}\n${new Date(run.at).toISOString()}  ${run.outcome}  ${run.score.toFixed(2)}\n\n${explainRun(run)}`);
    return run;
  }
}
