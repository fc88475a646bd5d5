import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import type { BatchLine, BatchProgress } from "../../../pipeline/batch.ts";
import { BatchCommand, batchArgs, batchFlags, textField } from "../../batch-command.ts";
import { filters, searchPaths } from "../../flags.ts";
import { filterOfLine } from "../../services/filter-line.ts";
import { searchVault } from "../../services/knowledge.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class BatchSearch extends BatchCommand {
  static override summary = "Search many times: one {id, query, k?, path?, type?, since?, until?, tag?} a line.";
  static override description =
    "Gives one line for each: {id, results: […]} as `knowledge search` gives them, or {id, error}. A line's own path, type, since, until and tag (a text or a list of texts) stand in place of the flags.";
  static override examples = ["<%= config.bin %> batch search queries.jsonl --out results.jsonl"];
  static override args = batchArgs;
  static override flags = {
    ...batchFlags,
    path: searchPaths,
    ...filters,
    limit: Flags.integer({
      char: "k",
      min: 1,
      max: 1000,
      default: 10,
      helpValue: "N",
      description: "How many passages to give where a line has no k.",
    }),
  };

  async run(): Promise<BatchProgress> {
    const input = await this.parse(BatchSearch);
    return withWorkspace("knowledge", this.signal, async (workspace) => {
      return this.runLines(input, async (line) => ({
        results: await searchVault(workspace, textField(line, "query"), limitOf(line, input.flags.limit), filterOfLine(line, input.flags)),
      }));
    });
  }
}

function limitOf({ k }: BatchLine, otherwise: number): number {
  if (k === undefined) return otherwise;
  if (typeof k !== "number" || !Number.isInteger(k) || k < 1 || k > 1000)
    throw new SynesisError("BATCH_LINE_INVALID", "k is a whole number from 1 to 1000.");
  return k;
}
