import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { removeModel } from "../../services/models.ts";

export default class ModelRemove extends BaseCommand {
  static override summary = "Remove a model from this machine.";
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The model." }) };

  async run(): Promise<{ id: string; path: string; bytes: number; wasUsed: boolean }> {
    const { args } = await this.parse(ModelRemove);
    const home = homeFolder();
    const { id, path, bytes, wasUsed } = removeModel(home, loadConfig(home), args.id);
    this.log(`${id} is removed${wasUsed ? "; it was in use, so answers are made without a model now" : ""}.`);
    return { id, path, bytes, wasUsed };
  }
}
