import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { dollarsFlag, projectFlag } from "../../services/projects/cents.ts";
import { type Collaborator, changeCollaborator } from "../../services/projects/collaborators.ts";
import { ROLES } from "../../services/projects/invites.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { dollars } from "../../services/projects/show.ts";

export default class CollaboratorsSet extends BaseCommand {
  static override summary = "Change a guest's role or quota.";
  static override args = { user: Args.string({ ignoreStdin: true, required: true, description: "The guest's mail address or id." }) };
  static override flags = {
    project: projectFlag,
    role: Flags.option({ options: ROLES, description: "What they may do." })(),
    quota: dollarsFlag({ description: "What all their questions may cost you, with what they have." }),
  };

  async run(): Promise<Collaborator> {
    const { args, flags } = await this.parse(CollaboratorsSet);
    if (flags.role === undefined && flags.quota === undefined) throw new SynesisError("USAGE", "--role or --quota is needed.");
    const api = cloud();
    const { id } = await findProject(api, flags.project, this.signal);
    const change = { ...(flags.role && { role: flags.role }), ...(flags.quota !== undefined && { quotaCents: flags.quota }) };
    const guest = await changeCollaborator(api, { project: id, wanted: args.user }, change, this.signal);
    this.log(`${guest.email}: ${guest.role}, ${dollars(guest.quotaCents)}`);
    return guest;
  }
}
