import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { acceptInvite, type Joined } from "../../services/projects/invites.ts";
import { cloud } from "../../services/projects/projects.ts";
import { dollars } from "../../services/projects/show.ts";

export default class InviteAccept extends BaseCommand {
  static override summary = "Take part in a project that you are invited to.";
  static override args = { invite: Args.string({ ignoreStdin: true, required: true, description: "The link, or its token." }) };

  async run(): Promise<Joined> {
    const { args } = await this.parse(InviteAccept);
    const joined = await acceptInvite(cloud(), args.invite, this.signal);
    this.log(`You take part in ${joined.name} as ${joined.role}, with a quota of ${dollars(joined.quotaCents)}.`);
    this.log(`Watch it: synesis collaborators watch --project ${joined.projectId}`);
    return joined;
  }
}
