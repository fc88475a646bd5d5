import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../../kernel/index.ts";
import type { BatchLine, BatchProgress } from "../../../../pipeline/batch.ts";
import type { TextDocument, TextResult } from "../../../../pipeline/index-run.ts";
import { BatchCommand, batchArgs, batchFlags, textField } from "../../../batch-command.ts";
import { withTextIndexer } from "../../../services/knowledge.ts";
import { withWorkspace } from "../../../services/workspace.ts";

export default class BatchIndex extends BatchCommand {
  static override summary = "Index many texts that are not files: one {id, title?, text, path?} a line.";
  static override description =
    "A document's path is its path, or else its id. Gives one line for each: {id, path, status, chunks}, or {id, error}.";
  static override examples = ["<%= config.bin %> batch index documents.jsonl"];
  static override args = batchArgs;
  static override flags = {
    ...batchFlags,
    concurrency: Flags.integer({ min: 1, max: 256, default: 64, helpValue: "N", description: "How many lines to index together." }),
  };

  async run(): Promise<BatchProgress> {
    const input = await this.parse(BatchIndex);
    return withWorkspace("knowledge", this.signal, async (workspace) =>
      withTextIndexer(workspace, (add) => this.runLines(input, async (line) => accepted(await add(textOf(line))))),
    );
  }
}

function textOf(line: BatchLine): TextDocument {
  return { id: String(line.id), text: textField(line, "text"), title: optionalText(line, "title"), path: optionalText(line, "path") };
}

function accepted(result: TextResult): TextResult {
  if (result.status === "skipped") throw new SynesisError("BATCH_LINE_INVALID", result.reason);
  return result;
}

function optionalText(line: BatchLine, field: string): string | undefined {
  const value = line[field];
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw new SynesisError("BATCH_LINE_INVALID", `"${field}" is not a text.`);
}
