import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { getSetting, setSetting } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class ConfigSet extends BaseCommand {
  static override summary = "Change one setting.";
  static override examples = ["<%= config.bin %> config set council.threshold 0.9", "<%= config.bin %> config set council.weights.ethos 2"];
  static override args = {
    key: Args.string({ ignoreStdin: true, required: true, description: "The setting's name, with dots." }),
    value: Args.string({ ignoreStdin: true, required: true, description: "Its new value." }),
  };

  async run(): Promise<{ key: string; value: unknown }> {
    const { args } = await this.parse(ConfigSet);
    const value = getSetting(setSetting(homeFolder(), args.key, args.value), args.key);
    this.log(`${args.key} = ${JSON.stringify(value)}`);
    return { key: args.key, value };
  }
}
