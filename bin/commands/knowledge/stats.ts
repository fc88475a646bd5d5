import { BaseCommand } from "../../base-command.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface KnowledgeStatsResult {
  readonly documents: number;
  readonly chunks: number;
  /** Size of the vault on disk. */
  readonly bytes: number;
  readonly embedder: string;
}

export default class KnowledgeStats extends BaseCommand {
  static override summary = "Show how much is indexed.";

  async run(): Promise<KnowledgeStatsResult> {
    await this.parse(KnowledgeStats);
    return withWorkspace("knowledge", this.signal, async ({ kernel }) => {
      const stats = { ...kernel.service("knowledgeVault").stats(), embedder: kernel.service("embedder").id };
      this.log(
        `${stats.documents} documents, ${stats.chunks} chunks, ${(stats.bytes / 1024 / 1024).toFixed(1)} MiB; embedder ${stats.embedder}.`,
      );
      return stats;
    });
  }
}
