import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { findCloudAdapter } from "../../services/cloud/adapters.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { dollarsFlag } from "../../services/projects/cents.ts";
import { LONGEST, outgoing } from "../../services/projects/outgoing.ts";
import { changeProject, cloud, findProject, groupAdapter, type Project } from "../../services/projects/projects.ts";

export default class ProjectSet extends BaseCommand {
  static override summary = "Change a project's name, budget, instructions, or whether its questions wait for approval.";
  static override args = { project: Args.string({ ignoreStdin: true, required: true, description: "The project's id or name." }) };
  static override flags = {
    name: Flags.string({ helpValue: "NAME", description: "What it is called from now on." }),
    budget: dollarsFlag({ description: "What all its questions may cost its owner." }),
    "no-budget": Flags.boolean({ exclusive: ["budget"], description: "No limit but the account's own." }),
    approval: Flags.boolean({
      allowNo: true,
      description: "Whether a question waits until a commenter or an editor has approved it.",
    }),
    "add-lora": Flags.string({ helpValue: "NAME", description: "Let editors ask with this adapter of yours in the cloud, at your cost." }),
    "remove-lora": Flags.string({ helpValue: "NAME", description: "Take an adapter out again." }),
    instructions: Flags.string({
      helpValue: "TEXT",
      description: "What each question is asked with, redacted. Editors may change it too.",
    }),
  };

  async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectSet);
    const { approval } = flags;
    const safe = async (field: "name" | "instructions") => {
      const text = flags[field];
      return text === undefined ? undefined : outgoing(text, LONGEST[field], this.signal);
    };
    const [name, instructions] = [await safe("name"), await safe("instructions")];
    const change = { name, approval, instructions, budgetCents: flags["no-budget"] ? null : flags.budget };
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const { "add-lora": added, "remove-lora": removed } = flags;
    if (Object.keys(given).length === 0 && added === undefined && removed === undefined)
      throw new SynesisError("USAGE", "Nothing is named that is to be changed.");
    const api = cloud();
    const project = await findProject(api, args.project, this.signal);
    for (const [name, way] of [[added, "put"] as const, [removed, "delete"] as const]) {
      if (name === undefined) continue;
      const { id: adapter } = await findCloudAdapter(homeFolder(), loadConfig(homeFolder()), name, this.signal);
      await groupAdapter(api, { project: project.id, adapter }, way, this.signal);
    }
    await changeProject(api, project.id, given, this.signal);
    this.log(`${project.name} is changed.`);
    return { ...project, ...given };
  }
}
