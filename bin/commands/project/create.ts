import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { dollarsFlag } from "../../services/projects/cents.ts";
import { LONGEST, outgoing } from "../../services/projects/outgoing.ts";
import { cloud, createProject, type Project } from "../../services/projects/projects.ts";

export default class ProjectCreate extends BaseCommand {
  static override summary = "Begin a project in the cloud, to share it.";
  static override examples = ['<%= config.bin %> project create "Harbour study" --budget 50'];
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "What it is called." }) };
  static override flags = { budget: dollarsFlag({ description: "What all its questions may cost you; no limit of its own when absent." }) };

  async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectCreate);
    const name = await outgoing(args.name, LONGEST.name, this.signal);
    const project = await createProject(cloud(), { name, budgetCents: flags.budget ?? null }, this.signal);
    this.log(`${project.name}: ${project.id}`);
    this.log(`Invite somebody: synesis invite create --project ${project.id} --role viewer --quota 5.00`);
    return project;
  }
}
