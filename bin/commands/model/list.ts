import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import type { CloudModel } from "../../services/cloud/models.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { listModels, type ModelView } from "../../services/models.ts";

const PLACES = { gpu: "fits the GPU", shared: "GPU and processor", cpu: "processor", none: "does not fit" };

export default class ModelList extends BaseCommand {
  static override summary = "Show the models that are here, and those that could be, with how they fit this machine.";

  static override flags = { cloud: Flags.boolean({ description: "Show the models of the cloud, and what they take." }) };

  async run(): Promise<ModelView[] | CloudModel[]> {
    const { flags } = await this.parse(ModelList);
    const home = homeFolder();
    if (flags.cloud) return this.#cloud(home);
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

  async #cloud(home: string): Promise<CloudModel[]> {
    const { listCloudModels } = await import("../../services/cloud/models.ts");
    const models = await listCloudModels(home, loadConfig(home), this.signal);
    for (const { id, context, price, adapters } of models)
      this.log(
        `${id.padEnd(18)} ${String(context).padStart(8)} tokens  $${price.in} in, $${price.out} out for a million${adapters ? "  takes adapters" : ""}`,
      );
    return models;
  }
}
