import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { linesOf, watchProject } from "../../services/projects/watch.ts";

export default class CollaboratorsWatch extends BaseCommand {
  static override summary = "Watch a project's questions as they are decided, and its comments, until Ctrl-C.";
  static override description =
    "Texts are redacted. Drafts are shown from the role of commenter on. With --json, each event is printed as it comes, as one JSON object a line.";
  static override flags = { project: projectFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(CollaboratorsWatch);
    const api = cloud();
    const { id, name } = await findProject(api, flags.project, this.signal);
    for await (const event of watchProject(api, id, this.signal)) {
      if (this.jsonEnabled()) process.stdout.write(`${JSON.stringify(event)}\n`);
      if (event.event === "watching") await this.notice(`Watching ${name} as ${event.data["role"]}.`);
      for (const line of linesOf(event)) this.log(line);
    }
  }

  /** Everything was printed as it came. */
  override logJson(): void {}
}
