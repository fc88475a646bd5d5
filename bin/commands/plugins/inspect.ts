import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { count } from "../../services/count.ts";
import { homeFolder } from "../../services/home.ts";
import { activityOf, lastLines, type PluginActivity } from "../../services/plugins/activity.ts";
import { PluginStore } from "../../services/plugins/store.ts";
import { type PluginView, viewOf } from "../../services/plugins/view.ts";

export default class PluginsInspect extends BaseCommand {
  static override summary = "Show what a plugin may see and do, and what it did.";
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "The plugin." }) };

  async run(): Promise<PluginView & { did: PluginActivity; log: readonly string[] }> {
    const { args } = await this.parse(PluginsInspect);
    const home = homeFolder();
    const store = new PluginStore(home);
    const view = viewOf(store.get(args.name), loadConfig(home).plugins);
    const did = activityOf(home, view.name);
    const log = lastLines(store.logFile(view.name));
    const calls = Object.entries(did.calls).map(([hook, times]) => `${hook} ${count(times, "time")}`);
    this.log(
      [
        `${view.name} ${view.version}, from ${view.source}`,
        view.integrity,
        "",
        ...view.granted,
        "",
        ...Object.entries(view.settings).map(
          ([key, { value, description }]) => `plugins.settings.${view.name}.${key} = ${JSON.stringify(value)}  ${description}`,
        ),
        ...(view.disabled ? ["It is switched off (plugins.disabled)."] : []),
        `In the last ${count(did.questions, "question")} it was called: ${calls.join(", ") || "never"}.`,
        ...(did.medianMs === null ? [] : [`A call took ${did.medianMs.toFixed(1)} ms (median).`]),
        ...did.faults.map((fault) => `It was left out: ${fault}.`),
        ...(view.setAside
          ? ["It is set aside after three failures in a row; `synesis plugins update` or installing it again brings it back."]
          : []),
        ...(log.length > 0 ? ["", "It logged, at the end:", ...log.map((line) => `  ${line}`)] : []),
      ].join("\n"),
    );
    return { ...view, did, log };
  }
}
