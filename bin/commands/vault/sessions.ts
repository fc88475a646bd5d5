import { BaseCommand } from "../../base-command.ts";
import { count } from "../../services/count.ts";
import { listSessions, type VaultSession } from "../../services/vault.ts";

export default class VaultSessions extends BaseCommand {
  static override summary = "List the sessions that the token vault holds values of, the last used first.";
  static override description = "Values are never shown.";

  async run(): Promise<VaultSession[]> {
    await this.parse(VaultSessions);
    const sessions = await listSessions();
    if (sessions.length === 0) this.log("The vault holds nothing.");
    for (const { session, usedAt, values } of sessions) this.log(`${usedAt}  ${session}  ${count(values, "value")}`);
    return sessions;
  }
}
