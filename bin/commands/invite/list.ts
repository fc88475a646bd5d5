import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { type Invite, listInvites } from "../../services/projects/invites.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { dollars, minute } from "../../services/projects/show.ts";
import { columns } from "../../services/table.ts";

export default class InviteList extends BaseCommand {
  static override summary = "List a project's invites: who could still come, and who has.";
  static override flags = { project: projectFlag };

  async run(): Promise<Invite[]> {
    const { flags } = await this.parse(InviteList);
    const api = cloud();
    const invites = await listInvites(api, (await findProject(api, flags.project, this.signal)).id, this.signal);
    if (invites.length === 0) this.log("Nobody is invited.");
    else
      for (const line of columns(
        ["ID", "ROLE", "QUOTA", "FOR", "USED", "STATE", "UNTIL"],
        invites.map(({ id, role, quotaCents, single, uses, state, expiresAt }) => [
          id,
          role,
          dollars(quotaCents),
          single ? "one" : "many",
          String(uses),
          state,
          minute(expiresAt),
        ]),
      ))
        this.log(line);
    return invites;
  }
}
