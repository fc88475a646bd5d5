import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { getSetting, prepareSetting } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { checkChoice } from "../../services/plugins/check-choice.ts";
import { checkPrivacy } from "../../services/privacy.ts";

export default class ConfigSet extends BaseCommand {
  static override summary = "Change one setting.";
  static override examples = [
    "<%= config.bin %> config set council.threshold 0.9",
    "<%= config.bin %> config set council.weights.ethos 2",
    "<%= config.bin %> config set privacy.actions.EMAIL mask",
    `<%= config.bin %> config set plugins.disabled '["pathos"]'`,
    `<%= config.bin %> config set privacy.neverCloud '["~/private", "*.key"]'`,
  ];
  static override args = {
    key: Args.string({ ignoreStdin: true, required: true, description: "The setting's name, with dots." }),
    value: Args.string({ ignoreStdin: true, required: true, description: "Its new value." }),
  };

  async run(): Promise<{ key: string; value: unknown }> {
    const { args } = await this.parse(ConfigSet);
    const home = homeFolder();
    const { config, save } = prepareSetting(home, args.key, args.value);
    if (args.key.startsWith("privacy")) await checkPrivacy(home, config);
    if (args.key.startsWith("plugins")) for (const notice of await checkChoice(home, config)) await this.notice(notice);
    save();
    const value = getSetting(config, args.key);
    this.log(`${args.key} = ${JSON.stringify(value)}`);
    return { key: args.key, value };
  }
}
