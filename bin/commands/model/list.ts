import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { listModels, type ModelView } from "../../services/models.ts";

const PLACES = { gpu: "fits the GPU", shared: "GPU and processor", cpu: "processor", none: "does not fit" };

export default class ModelList extends BaseCommand {
  static override summary = "Show the models that are here, and those that could be, with how they fit this machine.";

  async run(): Promise<ModelView[]> {
    await this.parse(ModelList);
    const home = homeFolder();
    const { readHardware } = await import("../../../plugins/hardware/index.ts");
    const models = listModels(home, loadConfig(home), await readHardware(home));
    for (const { id, installed, used, bytes, place, licence } of models) {
      const mark = used ? "*" : installed ? "+" : " ";
      this.log(
        `${mark} ${id.padEnd(24)} ${(bytes / 1e9).toFixed(2).padStart(6)} GB  ${(place ? PLACES[place] : "not usable").padEnd(18)} ${licence ?? ""}`,
      );
    }
    this.log("\n* in use   + on this machine   other: `synesis model pull ID`");
    return models;
  }
}
