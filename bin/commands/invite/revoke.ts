import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { revokeInvite } from "../../services/projects/invites.ts";
import { cloud } from "../../services/projects/projects.ts";

export default class InviteRevoke extends BaseCommand {
  static override summary = "End an invite; who has come by it stays until removed.";
  static override args = { invite: Args.string({ ignoreStdin: true, required: true, description: "Its link, its token or its id." }) };

  async run(): Promise<{ id: string; revoked: true }> {
    const { args } = await this.parse(InviteRevoke);
    const id = await revokeInvite(cloud(), args.invite, this.signal);
    this.log("Nobody comes by it any more. Who has come: synesis collaborators list --project PROJECT");
    return { id, revoked: true };
  }
}
