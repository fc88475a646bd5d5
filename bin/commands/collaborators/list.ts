import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { type Collaborator, listCollaborators } from "../../services/projects/collaborators.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { dollars } from "../../services/projects/show.ts";
import { columns } from "../../services/table.ts";

export default class CollaboratorsList extends BaseCommand {
  static override summary = "List who has a part in a project, and what their questions have cost you.";
  static override flags = { project: projectFlag };

  async run(): Promise<Collaborator[]> {
    const { flags } = await this.parse(CollaboratorsList);
    const api = cloud();
    const all = await listCollaborators(api, (await findProject(api, flags.project, this.signal)).id, this.signal);
    const rows = all.map(({ userId, email, role, quotaCents, usedCents }) => [
      email,
      role,
      dollars(Math.ceil(usedCents)),
      role === "owner" ? "-" : dollars(quotaCents),
      userId,
    ]);
    for (const line of columns(["WHO", "ROLE", "USED", "QUOTA", "ID"], rows)) this.log(line);
    return all;
  }
}
