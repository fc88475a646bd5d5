import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { displayPath } from "../../services/display-path.ts";
import { type SearchResult, searchVault } from "../../services/knowledge.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class KnowledgeSearch extends BaseCommand {
  static override summary = "Find passages in the indexed documents.";
  static override examples = ['<%= config.bin %> knowledge search "token vault" -k 3'];
  static override args = { query: Args.string({ ignoreStdin: true, required: true, description: "What to look for." }) };
  static override flags = {
    limit: Flags.integer({ char: "k", min: 1, max: 1000, default: 10, helpValue: "N", description: "How many passages to give." }),
  };

  async run(): Promise<SearchResult[]> {
    const { args, flags } = await this.parse(KnowledgeSearch);
    if (!args.query.trim())
      throw new SynesisError("EMPTY_QUESTION", undefined, { next: 'Search for something: synesis knowledge search "token vault"' });
    return withWorkspace("knowledge", this.signal, async (workspace) => {
      const results = await searchVault(workspace, args.query, flags.limit);
      if (results.length === 0) this.log("Nothing was found.");
      for (const { path, start, text, score } of results)
        this.log(`${displayPath(path)} @${start}  ${score.toFixed(4)}\n  ${text.replace(/\s+/g, " ").slice(0, 200)}\n`);
      return results;
    });
  }
}
