import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { describeModel, useModel } from "../../services/models.ts";

export default class ModelUse extends BaseCommand {
  static override summary = "Choose the model that the council thinks with, among those on this machine.";
  static override examples = ["<%= config.bin %> model use llama-3.2-1b"];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The model." }) };

  async run(): Promise<{ id: string; path: string; warnings: readonly string[] }> {
    const { args } = await this.parse(ModelUse);
    const home = homeFolder();
    const { id, path } = useModel(home, args.id);
    const { readHardware } = await import("../../../plugins/hardware/index.ts");
    const { warnings } = describeModel(home, loadConfig(home), await readHardware(home), id);
    this.log(`${id} is chosen (generator.kind = llama, generator.model = ${id}).`);
    for (const warning of warnings) this.log(`Warning: ${warning}.`);
    return { id, path, warnings };
  }
}
