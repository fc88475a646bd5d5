import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";
import { useModel } from "../../services/models.ts";

export default class ModelUse extends BaseCommand {
  static override summary = "Choose the model that the council thinks with, among those on this machine.";
  static override examples = ["<%= config.bin %> model use llama-3.2-1b"];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The model." }) };

  async run(): Promise<{ id: string; path: string }> {
    const { args } = await this.parse(ModelUse);
    const { id, path } = useModel(homeFolder(), args.id);
    this.log(`${id} is chosen (generator.kind = llama, generator.model = ${id}).`);
    return { id, path };
  }
}
