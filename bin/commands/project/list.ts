import { BaseCommand } from "../../base-command.ts";
import { cloud, listProjects, type Project } from "../../services/projects/projects.ts";
import { dollars } from "../../services/projects/show.ts";
import { columns } from "../../services/table.ts";

export default class ProjectList extends BaseCommand {
  static override summary = "List the projects that you have a part in, with your role.";

  async run(): Promise<Project[]> {
    await this.parse(ProjectList);
    const projects = await listProjects(cloud(), this.signal);
    if (projects.length === 0) this.log("You have no part in any project yet. Begin one: synesis project create NAME");
    else
      for (const line of columns(
        ["ID", "ROLE", "BUDGET", "NAME"],
        projects.map(({ id, role, budgetCents, name }) => [id, role, budgetCents === null ? "-" : dollars(budgetCents), name]),
      ))
        this.log(line);
    return projects;
  }
}
