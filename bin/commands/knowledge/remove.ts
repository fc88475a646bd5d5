import * as Args from "@oclif/core/args";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { absolutePaths } from "../../services/paths.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class KnowledgeRemove extends BaseCommand {
  static override summary = "Forget a document, or every document below a folder; the files themselves stay.";
  static override examples = ["<%= config.bin %> knowledge remove docs/old"];
  static override args = {
    path: Args.string({
      ignoreStdin: true,
      required: true,
      description: "The path as it was indexed, or the id of a document without a file.",
    }),
  };

  async run(): Promise<{ removed: number }> {
    const { args } = await this.parse(KnowledgeRemove);
    return withWorkspace("vault", this.signal, async ({ kernel }) => {
      const vault = kernel.service("knowledgeVault");
      const removed = vault.remove(absolutePaths([args.path])) || vault.remove([args.path]);
      if (removed === 0)
        throw new SynesisError("PATH_NOT_FOUND", `No indexed document lies at ${args.path}.`, {
          next: "`synesis knowledge list` shows what is indexed.",
        });
      this.log(`${removed} removed.`);
      return { removed };
    });
  }
}
