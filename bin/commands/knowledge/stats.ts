import type { VaultStats } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { count } from "../../services/count.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface KnowledgeStatsResult extends VaultStats {
  readonly embedder: string;
}

export default class KnowledgeStats extends BaseCommand {
  static override summary = "Show how much is indexed, and how much of it is personal.";

  async run(): Promise<KnowledgeStatsResult> {
    await this.parse(KnowledgeStats);
    return withWorkspace("vault", this.signal, async ({ kernel }) => {
      const stats = { ...kernel.service("knowledgeVault").stats(), embedder: kernel.service("embedder").id };
      this.log(
        `${count(stats.documents, "document")}, ${count(stats.chunks, "chunk")}, ${(stats.bytes / 1024 / 1024).toFixed(1)} MiB; embedder ${stats.embedder}.`,
      );
      for (const [type, { values, documents }] of Object.entries(stats.personal))
        this.log(`${type}: ${values} in ${count(documents, "document")}`);
      const { unknown = 0, personal = 0, secret = 0 } = stats.classes;
      this.log(`${count(personal, "document holds", "documents hold")} personal data, ${secret} secrets.`);
      if (unknown > 0)
        this.log(
          `${unknown === 1 ? "1 was" : `${unknown} were`} indexed before anybody looked; \`synesis knowledge add\` looks through them.`,
        );
      return stats;
    });
  }
}
