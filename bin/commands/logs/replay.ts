import * as Args from "@oclif/core/args";
import type { AskResult } from "../../../pipeline/ask.ts";
import { BaseCommand } from "../../base-command.ts";
import { withAsker } from "../../services/ask.ts";
import { reinflateText } from "../../services/redact.ts";
import { recordedRun } from "../../services/with-run-log.ts";
import { type Workspace, withWorkspace } from "../../services/workspace.ts";

interface Replay {
  readonly id: string;
  /** Whether the draft, the votes and the outcome came out as they did then. */
  readonly same: boolean;
  readonly before: { readonly outcome: string; readonly score: number };
  readonly after: AskResult;
}

export default class LogsReplay extends BaseCommand {
  static override summary = "Ask a recorded question again, in the same way, and say whether it comes out the same.";
  static override description = "It does while the documents, the settings and the version are the same. Nobody elsewhere is asked again.";
  static override examples = ["<%= config.bin %> logs replay 1b9d6bcd"];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The run's id, or its first characters." }) };

  async run(): Promise<Replay> {
    const { args } = await this.parse(LogsReplay);
    const before = recordedRun(args.id);
    const { topK, within, types: type, since, before: until, tags, threshold, rounds, history } = before.manifest.request;
    const again = async (workspace: Workspace): Promise<Replay> => {
      const restore = (text: string) => reinflateText(workspace, text, before.session);
      const question = await restore(before.question);
      const path = await Promise.all(within.map(restore));
      const tag = tags && (await Promise.all(tags.map(restore)));
      const flags = { session: before.session, path, type, since, until, tag, "top-k": topK, threshold, rounds, local: true };
      const { result, run } = await withAsker(workspace, flags, (asker) => asker.ask(question, history));
      const same = JSON.stringify(run.manifest.rounds) === JSON.stringify(before.manifest.rounds) && run.outcome === before.outcome;
      this.log(
        same
          ? "The same as before."
          : `Not the same: ${before.outcome} ${before.score.toFixed(2)} before, ${run.outcome} ${run.score.toFixed(2)} now.`,
      );
      return { id: before.id, same, before: { outcome: before.outcome, score: before.score }, after: result };
    };
    return withWorkspace("council", this.signal, again, { escalates: false });
  }
}
