import { BaseCommand } from "../../base-command.ts";
import { flatten, loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class ConfigList extends BaseCommand {
  static override summary = "Show every setting and its value.";

  async run(): Promise<Record<string, unknown>> {
    await this.parse(ConfigList);
    const settings = flatten(loadConfig(homeFolder()));
    const lines = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    this.log(lines.join("\n"));
    return settings;
  }
}
