import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { cloud } from "../../services/projects/projects.ts";
import { type SharedDocument, sharedAt, unshare } from "../../services/shared-knowledge.ts";

export default class KnowledgeUnshare extends BaseCommand {
  static override summary = "Take a shared document back from the cloud, with all that was made of it there.";
  static override examples = ["<%= config.bin %> knowledge unshare docs/manual.md"];
  static override args = {
    document: Args.string({ ignoreStdin: true, required: true, description: "The file, or the document's name or id in the cloud." }),
  };
  static override flags = {
    project: Flags.string({ helpValue: "PROJECT", description: "It is shared with this project: its id or name." }),
  };

  async run(): Promise<SharedDocument> {
    const { args, flags } = await this.parse(KnowledgeUnshare);
    const api = cloud();
    const removed = await unshare(api, await sharedAt(api, flags.project, this.signal), args.document, this.signal);
    this.log(`${removed.name} is not shared any more.`);
    return removed;
  }
}
