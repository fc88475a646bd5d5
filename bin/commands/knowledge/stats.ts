import type { VaultStats } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface KnowledgeStatsResult extends VaultStats {
  readonly embedder: string;
}

export default class KnowledgeStats extends BaseCommand {
  static override summary = "Show how much is indexed, and how much of it is personal.";

  async run(): Promise<KnowledgeStatsResult> {
    await this.parse(KnowledgeStats);
    return withWorkspace("knowledge", this.signal, async ({ kernel }) => {
      const stats = { ...kernel.service("knowledgeVault").stats(), embedder: kernel.service("embedder").id };
      this.log(
        `${stats.documents} documents, ${stats.chunks} chunks, ${(stats.bytes / 1024 / 1024).toFixed(1)} MiB; embedder ${stats.embedder}.`,
      );
      for (const [type, { values, documents }] of Object.entries(stats.personal)) this.log(`${type}: ${values} in ${documents} documents`);
      const { unknown = 0, personal = 0, secret = 0 } = stats.classes;
      this.log(`${personal} documents hold personal data, ${secret} hold secrets.`);
      if (unknown > 0) this.log(`${unknown} were indexed before anybody looked; \`synesis knowledge add\` looks through them.`);
      return stats;
    });
  }
}
