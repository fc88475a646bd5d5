import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { PluginStore } from "../../services/plugins/store.ts";

export default class PluginsUninstall extends BaseCommand {
  static override summary = "Remove a plugin.";
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "The plugin." }) };

  async run(): Promise<{ removed: string }> {
    const { args } = await this.parse(PluginsUninstall);
    const home = homeFolder();
    new PluginStore(home).remove(args.name);
    for (const [key, value] of Object.entries(loadConfig(home).plugins))
      if (value === args.name) await this.notice(`The settings still choose it: synesis config set plugins.${key} ""`);
    this.log(`${args.name} is removed.`);
    return { removed: args.name };
  }
}
