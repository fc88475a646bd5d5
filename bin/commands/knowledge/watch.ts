import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { withPresence } from "../../services/cloud/presence.ts";
import { watchIntoVault } from "../../services/knowledge.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface WatchSummary {
  /** How often something was brought up to date. */
  readonly runs: number;
}

export default class KnowledgeWatch extends BaseCommand {
  static override summary = "Keep files and folders indexed as they change, until Ctrl-C.";
  static override description = "Where this device is signed in to a cloud, the cloud is told that it is there.";
  static override examples = ["<%= config.bin %> knowledge watch docs"];
  static override strict = false;
  static override args = {
    path: Args.string({ ignoreStdin: true, required: true, description: "A file or a folder. Several may be given." }),
  };

  async run(): Promise<WatchSummary> {
    const { argv } = await this.parse(KnowledgeWatch);
    return withWorkspace("knowledge", this.signal, async (workspace) => {
      const work = () => ({ activeSessions: 0, pendingQueries: 0 });
      const notice = (text: string) => this.notice(text);
      return withPresence({ ...workspace, notice, version: this.config.version, work }, async () => {
        let runs = 0;
        for await (const { added, updated, removed } of watchIntoVault(workspace, argv as string[])) {
          runs++;
          await this.notice(`${new Date().toISOString()}  ${added} added, ${updated} updated, ${removed} removed`);
        }
        return { runs };
      });
    });
  }
}
