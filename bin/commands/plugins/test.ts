import * as Args from "@oclif/core/args";
import type { Checked } from "../../../plugins/third-party/contract.ts";
import { BaseCommand } from "../../base-command.ts";
import { testPlugin } from "../../services/plugins/test.ts";

export default class PluginsTest extends BaseCommand {
  static override summary = "Put a plugin through the rules of its kind, in the sandbox that it will run in.";
  static override description =
    "Every host that a provider asks says 503, so it is seen to give up well. Exit code 2 when a rule is broken.";
  static override args = { path: Args.string({ ignoreStdin: true, default: ".", description: "The plugin's folder." }) };

  async run(): Promise<{ name: string; ok: boolean; checked: readonly Checked[] }> {
    const { args } = await this.parse(PluginsTest);
    const { manifest, checked } = await testPlugin(args.path, this.signal);
    const ok = checked.every(({ fault }) => fault === undefined);
    if (!ok) process.exitCode = 2;
    this.log(
      checked
        .map(({ name, fault }) => `${fault === undefined ? "ok    " : "broken"}  ${name}${fault === undefined ? "" : `: ${fault}`}`)
        .join("\n"),
    );
    return { name: manifest.name, ok, checked };
  }
}
