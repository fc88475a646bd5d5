import * as Args from "@oclif/core/args";
import type { IndexReport } from "../../../pipeline/index-run.ts";
import { BaseCommand } from "../../base-command.ts";
import { count } from "../../services/count.ts";
import { addToVault } from "../../services/knowledge.ts";
import { ProgressLine } from "../../services/progress.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class KnowledgeAdd extends BaseCommand {
  static override summary = "Index files and folders, or bring them up to date.";
  static override description =
    "Only what is new or changed is read. What cannot be read is skipped and listed with its reason. Files named in .gitignore or .synesisignore are left out.";
  static override examples = ["<%= config.bin %> knowledge add docs README.md"];
  static override strict = false;
  static override args = {
    path: Args.string({ ignoreStdin: true, required: true, description: "A file or a folder. Several may be given." }),
  };

  async run(): Promise<IndexReport> {
    const { argv } = await this.parse(KnowledgeAdd);
    return withWorkspace("knowledge", this.signal, async (workspace) => {
      const report = await addToVault(workspace, argv as string[], new ProgressLine(this.jsonEnabled()));
      this.log(
        `${report.added} added, ${report.updated} updated, ${report.unchanged} unchanged, ${report.removed} removed; ${count(report.chunks, "chunk")} written in ${Math.round(report.ms)} ms.`,
      );
      for (const { path, reason } of report.skipped) this.log(`Skipped ${path}: ${reason}`);
      return report;
    });
  }
}
