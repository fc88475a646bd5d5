import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { filters, searchPaths } from "../../flags.ts";
import { displayPath } from "../../services/display-path.ts";
import { filterOf } from "../../services/filter.ts";
import { type SearchResult, searchVault } from "../../services/knowledge.ts";
import { absolutePaths } from "../../services/paths.ts";
import { showFindings } from "../../services/show-findings.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class KnowledgeSearch extends BaseCommand {
  static override summary = "Find passages in the indexed documents.";
  static override examples = [
    '<%= config.bin %> knowledge search "token vault" -k 3',
    "<%= config.bin %> knowledge search invoice --type pdf --since 2026-01-01",
  ];
  static override args = { query: Args.string({ ignoreStdin: true, required: true, description: "What to look for." }) };
  static override flags = {
    limit: Flags.integer({ char: "k", min: 1, max: 1000, default: 10, helpValue: "N", description: "How many passages to give." }),
    path: searchPaths,
    ...filters,
  };

  async run(): Promise<SearchResult[]> {
    const { args, flags } = await this.parse(KnowledgeSearch);
    if (!args.query.trim())
      throw new SynesisError("EMPTY_QUESTION", undefined, { next: 'Search for something: synesis knowledge search "token vault"' });
    return withWorkspace("knowledge", this.signal, async (workspace) => {
      const results = await searchVault(workspace, args.query, flags.limit, filterOf(flags, absolutePaths(flags.path ?? [])));
      if (results.length === 0) this.log("Nothing was found.");
      for (const { path, start, text, score, privacy } of results)
        this.log(
          `${displayPath(path)} @${start}  ${score.toFixed(4)}${showFindings(privacy)}\n  ${text.replace(/\s+/g, " ").slice(0, 200)}\n`,
        );
      return results;
    });
  }
}
