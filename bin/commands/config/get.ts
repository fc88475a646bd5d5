import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { getSetting, loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class ConfigGet extends BaseCommand {
  static override summary = "Show one setting.";
  static override examples = ["<%= config.bin %> config get council.threshold"];
  static override args = { key: Args.string({ ignoreStdin: true, required: true, description: "The setting's name, with dots." }) };

  async run(): Promise<{ key: string; value: unknown }> {
    const { args } = await this.parse(ConfigGet);
    const value = getSetting(loadConfig(homeFolder()), args.key);
    this.log(typeof value === "string" ? value : JSON.stringify(value));
    return { key: args.key, value };
  }
}
