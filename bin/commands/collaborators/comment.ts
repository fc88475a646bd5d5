import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { addComment, type Comment } from "../../services/projects/collaborators.ts";
import { LONGEST, outgoing } from "../../services/projects/outgoing.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";

export default class CollaboratorsComment extends BaseCommand {
  static override summary = "Say something to everybody who has a part in a project.";
  static override description = "Its values are replaced by tokens first, as in everything that leaves this machine.";
  static override args = { text: Args.string({ ignoreStdin: true, required: true, description: "What you say." }) };
  static override flags = { project: projectFlag };

  async run(): Promise<Comment> {
    const { args, flags } = await this.parse(CollaboratorsComment);
    const api = cloud();
    const { id } = await findProject(api, flags.project, this.signal);
    const comment = await addComment(api, id, await outgoing(args.text, LONGEST.comment, this.signal), this.signal);
    this.log(`Said: ${comment.text}`);
    return comment;
  }
}
