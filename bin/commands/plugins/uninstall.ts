import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";
import { PluginStore } from "../../services/plugins/store.ts";

export default class PluginsUninstall extends BaseCommand {
  static override summary = "Remove a plugin.";
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "The plugin." }) };

  async run(): Promise<{ removed: string }> {
    const { args } = await this.parse(PluginsUninstall);
    new PluginStore(homeFolder()).remove(args.name);
    this.log(`${args.name} is removed.`);
    return { removed: args.name };
  }
}
