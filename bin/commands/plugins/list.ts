import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { PluginStore } from "../../services/plugins/store.ts";
import { type PluginNode, pluginTree, showTree } from "../../services/plugins/tree.ts";
import { type PluginView, viewOf } from "../../services/plugins/view.ts";
import { withWorkspace } from "../../services/workspace.ts";

export default class PluginsList extends BaseCommand {
  static override summary = "Show the installed plugins, or, with --tree, all plugins and who provides what to whom.";
  static override flags = { tree: Flags.boolean({ description: "Also those that are built in, with their hooks and services." }) };

  async run(): Promise<PluginView[] | PluginNode[]> {
    const { flags } = await this.parse(PluginsList);
    if (flags.tree) {
      const nodes = await withWorkspace("council", this.signal, async ({ kernel }) => pluginTree(kernel.plugins), { escalates: true });
      this.log(showTree(nodes));
      return nodes;
    }
    const home = homeFolder();
    const config = loadConfig(home).plugins;
    const plugins = new PluginStore(home).list().map((plugin) => viewOf(plugin, config));
    for (const { name, version, trusted, disabled, setAside } of plugins)
      this.log(`${name} ${version}${trusted ? "  trusted" : ""}${disabled ? "  switched off" : ""}${setAside ? "  set aside" : ""}`);
    if (plugins.length === 0) this.log("No plugin is installed. `synesis plugins list --tree` shows those that are built in.");
    return plugins;
  }
}
