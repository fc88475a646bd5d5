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

export default class PluginsInstall extends BaseCommand {
  static override summary = "Install a plugin: a package's name, a folder or a tarball.";
  static override description =
    "What the plugin asks for is shown, and granted or refused. Its install scripts never run, and its code runs in a sandbox. Off a terminal nothing is granted without --yes.";
  static override examples = ["<%= config.bin %> plugins install synesis-plugin-brevity", "<%= config.bin %> plugins install ./my-plugin"];
  static override args = { source: Args.string({ ignoreStdin: true, required: true, description: "Name, folder or tarball." }) };
  static override flags = {
    yes: Flags.boolean({ char: "y", description: "Grant what it asks for." }),
    trust: Flags.boolean({ description: "Run it without a sandbox, with all your rights. Only for authors you know." }),
  };

  async run(): Promise<PluginView> {
    const { args, flags } = await this.parse(PluginsInstall);
    const trusted = flags.trust === true;
    const home = homeFolder();
    const store = new PluginStore(home);
    const grant = async (name: string, asked: readonly string[]) => {
      await this.notice([`${name}:`, ...asked.map((line) => `  ${line}`)].join("\n"));
      return flags.yes || (!this.jsonEnabled() && (await confirm("Is that fine?", false, this.signal)));
    };
    const plugin = await installPlugin(
      store,
      {
        source: args.source,
        trusted,
        grant: (manifest) => grant(`${manifest.name} ${manifest.version}`, asks(manifest, trusted)),
      },
      this.signal,
    );
    this.log(`${plugin.manifest.name} ${plugin.manifest.version} is installed.`);
    const { provides, name } = plugin.manifest;
    if (provides.includes("generator")) this.log(`It writes once it is chosen: synesis config set plugins.generator ${name}`);
    if (provides.includes("knowledgeVault")) this.log(`It keeps documents once it is chosen: synesis config set plugins.store ${name}`);
    return viewOf(plugin, loadConfig(home).plugins);
  }
}
