import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { asks } from "../../../plugins/third-party/manifest.ts";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { confirm } from "../../services/confirm.ts";
import { homeFolder } from "../../services/home.ts";
import { installPlugin } from "../../services/plugins/install.ts";
import { PluginStore } from "../../services/plugins/store.ts";
import { type PluginView, viewOf } from "../../services/plugins/view.ts";

export default class PluginsUpdate extends BaseCommand {
  static override summary = "Install a plugin's newest version from where it came from.";
  static override description = "You are asked again when it asks for something else than before.";
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "The plugin." }) };
  static override flags = { yes: Flags.boolean({ char: "y", description: "Grant what it asks for." }) };

  async run(): Promise<PluginView> {
    const { args, flags } = await this.parse(PluginsUpdate);
    const home = homeFolder();
    const store = new PluginStore(home);
    const { manifest: before, source, trusted } = store.get(args.name);
    const known = asks(before, trusted);
    const plugin = await installPlugin(
      store,
      {
        source,
        trusted,
        grant: async (manifest) => {
          const now = asks(manifest, trusted);
          if (now.join("\n") === known.join("\n")) return true;
          await this.notice(
            [`${manifest.name} ${manifest.version} asks for something else now:`, ...now.map((line) => `  ${line}`)].join("\n"),
          );
          return flags.yes || (!this.jsonEnabled() && (await confirm("Is that fine?", false, this.signal)));
        },
      },
      this.signal,
    );
    this.log(`${plugin.manifest.name} is at ${plugin.manifest.version}.`);
    return viewOf(plugin, loadConfig(home).plugins);
  }
}
