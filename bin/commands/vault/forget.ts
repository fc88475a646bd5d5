import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { forgetSession } from "../../services/vault.ts";

export default class VaultForget extends BaseCommand {
  static override summary = "Delete a session and its values for good.";
  static override description = "Its tokens can never be given their values back. What was deleted is written over.";
  static override examples = ["<%= config.bin %> vault forget work"];
  static override args = { session: Args.string({ ignoreStdin: true, required: true, description: "The session's name." }) };

  async run(): Promise<{ session: string; forgotten: true }> {
    const { args } = await this.parse(VaultForget);
    await forgetSession(args.session);
    this.log(`The values of ${args.session} are deleted.`);
    return { session: args.session, forgotten: true };
  }
}
