import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";
import { activityOf, type PluginActivity } from "../../services/plugins/activity.ts";
import { PluginStore } from "../../services/plugins/store.ts";
import { type PluginView, viewOf } from "../../services/plugins/view.ts";

export default class PluginsInspect extends BaseCommand {
  static override summary = "Show what a plugin may see and do, and what it did.";
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "The plugin." }) };

  async run(): Promise<PluginView & { did: PluginActivity }> {
    const { args } = await this.parse(PluginsInspect);
    const home = homeFolder();
    const view = viewOf(new PluginStore(home).get(args.name));
    const did = activityOf(home, view.name);
    const calls = Object.entries(did.calls).map(([hook, count]) => `${hook} ${count} times`);
    this.log(
      [
        `${view.name} ${view.version}, from ${view.source}`,
        view.integrity,
        "",
        ...view.granted,
        "",
        `In the last ${did.questions} questions it was called: ${calls.join(", ") || "never"}.`,
        ...(did.medianMs === null ? [] : [`A call took ${did.medianMs.toFixed(1)} ms (median).`]),
        ...did.faults.map((fault) => `It was left out: ${fault}.`),
        ...(view.setAside
          ? ["It is set aside after three failures in a row; `synesis plugins update` or installing it again brings it back."]
          : []),
      ].join("\n"),
    );
    return { ...view, did };
  }
}
