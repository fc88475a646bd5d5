import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { removeCollaborator } from "../../services/projects/collaborators.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";

export default class CollaboratorsRemove extends BaseCommand {
  static override summary = "End a guest's part in a project at once: what they watch and ask ends too.";
  static override args = { user: Args.string({ ignoreStdin: true, required: true, description: "The guest's mail address or id." }) };
  static override flags = { project: projectFlag };

  async run(): Promise<{ userId: string; removed: true }> {
    const { args, flags } = await this.parse(CollaboratorsRemove);
    const api = cloud();
    const { id, name } = await findProject(api, flags.project, this.signal);
    const { userId, email } = await removeCollaborator(api, id, args.user, this.signal);
    this.log(`${email} has no part in ${name} any more.`);
    return { userId, removed: true };
  }
}
