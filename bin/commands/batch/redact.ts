import type { BatchProgress } from "../../../pipeline/batch.ts";
import { BatchCommand, batchArgs, batchFlags, textField } from "../../batch-command.ts";
import { session } from "../../flags.ts";
import { redactText } from "../../services/redact.ts";
import { sessionName } from "../../services/session.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class BatchRedact extends BatchCommand {
  static override summary = "Redact many texts: one {id, text} a line.";
  static override description =
    "Gives one line for each: the same object as `redact --json` with the line's id, or {id, error}. All lines share one session.";
  static override examples = ["<%= config.bin %> batch redact mails.jsonl --out redacted.jsonl --session work"];
  static override args = batchArgs;
  static override flags = { ...batchFlags, session };

  async run(): Promise<BatchProgress> {
    const input = await this.parse(BatchRedact);
    const name = sessionName(input.flags.session);
    return withWorkspace("privacy", this.signal, async (workspace) => {
      return this.runLines(input, (line) => redactText(workspace, textField(line, "text"), name));
    });
  }
}
