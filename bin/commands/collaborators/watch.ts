import { BaseCommand } from "../../base-command.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { type LiveEvent, linesOf, watchProject } from "../../services/projects/watch.ts";

/** Events that are kept for `--json`. */
const MOST = 10_000;

export default class CollaboratorsWatch extends BaseCommand {
  static override summary = "Watch a project's questions as they are decided, and its comments, until Ctrl-C.";
  static override description =
    "Texts are redacted. Drafts are shown from the role of commenter on. With --json, what came is printed as one value at the end.";
  static override flags = { project: projectFlag };

  async run(): Promise<{ events: LiveEvent[] }> {
    const { flags } = await this.parse(CollaboratorsWatch);
    const api = cloud();
    const { id, name } = await findProject(api, flags.project, this.signal);
    const events: LiveEvent[] = [];
    for await (const event of watchProject(api, id, this.signal)) {
      if (event.event === "watching") await this.notice(`Watching ${name} as ${event.data["role"]}.`);
      for (const line of linesOf(event)) this.log(line);
      if (events.length < MOST) events.push(event);
    }
    return { events };
  }
}
