import * as Flags from "@oclif/core/flags";
import type { RunSummary } from "../../../pipeline/run-log.ts";
import { BaseCommand } from "../../base-command.ts";
import { withRunLog } from "../../services/with-run-log.ts";

export default class Logs extends BaseCommand {
  static override summary = "List the recorded deliberations, the newest first.";
  static override aliases = ["logs:list"];
  static override flags = { limit: Flags.integer({ min: 1, max: 10_000, default: 20, helpValue: "N", description: "How many to list." }) };

  async run(): Promise<RunSummary[]> {
    const { flags } = await this.parse(Logs);
    const runs = withRunLog((log) => log.list(flags.limit));
    if (runs.length === 0) this.log("Nothing has been asked yet.");
    for (const { id, at, outcome, score, question } of runs)
      this.log(
        `${id.slice(0, 8)}  ${new Date(at).toISOString()}  ${outcome.padEnd(12)}  ${score.toFixed(2)}  ${question.replace(/\s+/g, " ").slice(0, 80)}`,
      );
    return runs;
  }
}
