import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { KINDS, newPlugin } from "../../services/plugins/new.ts";

export default class PluginsNew extends BaseCommand {
  static override summary = "Begin a plugin: its code, its test and its description, ready to run.";
  static override examples = ["<%= config.bin %> plugins new brevity --kind agent"];
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "What it is called." }) };
  static override flags = {
    kind: Flags.option({ options: KINDS, default: "agent" as const, description: "What it does." })(),
  };

  async run(): Promise<{ name: string; folder: string; files: string[] }> {
    const { args, flags } = await this.parse(PluginsNew);
    const made = newPlugin(args.name, flags.kind, process.cwd());
    this.log(
      [
        `${made.name} is in ${made.folder}:`,
        ...made.files.map((file) => `  ${file}`),
        "",
        "Next:",
        `  synesis plugins test ${made.folder}`,
      ].join("\n"),
    );
    return made;
  }
}
