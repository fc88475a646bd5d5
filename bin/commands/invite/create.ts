import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { dollarsFlag, projectFlag } from "../../services/projects/cents.ts";
import { createInvite, type NewInvite, ROLES } from "../../services/projects/invites.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { dollars, minute } from "../../services/projects/show.ts";

export default class InviteCreate extends BaseCommand {
  static override summary = "Make a link by which somebody takes part in a project at your cost, up to a quota.";
  static override description =
    "A viewer watches and asks, a commenter also sees drafts, comments and approves, an editor also changes the project's instructions. The link is shown once; whoever has it can use it.";
  static override examples = ["<%= config.bin %> invite create --project Harbour --role viewer --quota 5.00"];
  static override flags = {
    project: projectFlag,
    role: Flags.option({ options: ROLES, default: "viewer" as const, description: "What they may do." })(),
    quota: dollarsFlag({ default: 0, description: "What the questions of each who comes by it may cost you." }),
    expires: Flags.integer({ min: 1, max: 8760, default: 72, helpValue: "HOURS", description: "How long it is good for." }),
    many: Flags.boolean({ description: "More than one may use it." }),
  };

  async run(): Promise<NewInvite & { projectId: string }> {
    const { flags } = await this.parse(InviteCreate);
    const api = cloud();
    const { id, name } = await findProject(api, flags.project, this.signal);
    const terms = { role: flags.role, quotaCents: flags.quota, expiresHours: flags.expires, single: !flags.many };
    const invite = await createInvite(api, id, terms, this.signal);
    this.log(
      `${name}, as ${invite.role}, with ${dollars(invite.quotaCents)}${invite.single ? "" : " each"}, until ${minute(invite.expiresAt)}:`,
    );
    this.log(invite.url);
    return { projectId: id, ...invite };
  }
}
