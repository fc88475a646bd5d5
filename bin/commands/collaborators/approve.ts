import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { decide } from "../../services/projects/collaborators.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";

export default class CollaboratorsApprove extends BaseCommand {
  static override summary = "Let a question that waits for approval be asked, or decline it.";
  static override args = {
    ask: Args.string({ ignoreStdin: true, required: true, description: "Its id, as `collaborators watch` shows it." }),
  };
  static override flags = { project: projectFlag, decline: Flags.boolean({ description: "It is not to be asked." }) };

  async run(): Promise<{ ask: string; approved: boolean }> {
    const { args, flags } = await this.parse(CollaboratorsApprove);
    const api = cloud();
    const { id } = await findProject(api, flags.project, this.signal);
    await decide(api, { project: id, ask: args.ask }, !flags.decline, this.signal);
    this.log(flags.decline ? "Declined." : "Approved.");
    return { ask: args.ask, approved: !flags.decline };
  }
}
