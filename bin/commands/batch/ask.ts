import type { BatchLine, BatchProgress } from "../../../pipeline/batch.ts";
import { BatchCommand, batchArgs, batchFlags, textField } from "../../batch-command.ts";
import { elsewhere, filters, lora, paths, rounds, session, threshold, topK } from "../../flags.ts";
import { type Asker, escalates, withAsker } from "../../services/ask.ts";
import { withPresence } from "../../services/cloud/presence.ts";
import { addToVault, RENEW_BEFORE_ASKING_MS } from "../../services/knowledge.ts";
import { ProgressLine } from "../../services/progress.ts";
import { type Workspace, withWorkspace } from "../../services/workspace.ts";

export default class BatchAsk extends BatchCommand {
  static override summary = "Ask many questions: one {id, question} a line.";
  static override description = "Gives one line for each: the same object as `ask --json` with the line's id, or {id, error}.";
  static override examples = ["<%= config.bin %> batch ask questions.jsonl --out answers.jsonl --path docs"];
  static override args = batchArgs;
  static override flags = { ...batchFlags, path: paths, session, "top-k": topK, threshold, rounds, ...filters, lora, ...elsewhere };

  async run(): Promise<BatchProgress> {
    const input = await this.parse(BatchAsk);
    const { flags } = input;
    const within = flags.path ?? [];
    const work = async (workspace: Workspace) => {
      const use = async (asker: Asker) => {
        const except = [input.args.input, flags.out].filter((path) => path !== undefined);
        if (within.length > 0) await addToVault(workspace, within, new ProgressLine(false), { renewMs: RENEW_BEFORE_ASKING_MS, except });
        for (const notice of workspace.notices) await this.notice(notice);
        let told = false;
        let pending = 0;
        const askOne = (question: string) => {
          pending++;
          return asker.ask(question).finally(() => pending--);
        };
        const answer = async (line: BatchLine) => {
          const { result } = await askOne(textField(line, "question"));
          if (asker.setAside && !told) {
            told = true;
            await this.notice(`The model is not asked any more in this run: ${asker.setAside.message} The rest is decided without it.`);
          }
          return { ...result, run: result.id };
        };
        const presence = {
          ...workspace,
          notice: (text: string) => this.notice(text),
          version: this.config.version,
          work: () => ({ activeSessions: 1, pendingQueries: pending }),
          atCloud: asker.atCloud,
        };
        return withPresence(presence, () => this.runLines(input, answer));
      };
      return withAsker(workspace, flags, use, { unattended: true });
    };
    return withWorkspace("council", this.signal, work, { ...escalates(flags), lora: flags.cloud ? undefined : flags.lora });
  }
}
