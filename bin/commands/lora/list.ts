import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import type { CloudAdapter } from "../../services/cloud/adapters.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { type AdapterView, listAdapters } from "../../services/loras.ts";

export default class LoraList extends BaseCommand {
  static override summary = "Show the adapters that are here, and what their files say of themselves.";
  static override description =
    "Adapters lie in the folder `loras/` of the data folder: GGUF files, safetensors files, and folders as PEFT writes them. `synesis lora use PATH` adds one that lies elsewhere.";

  static override flags = { cloud: Flags.boolean({ description: "Show those that the cloud keeps for your account." }) };

  async run(): Promise<AdapterView[] | CloudAdapter[]> {
    const { flags } = await this.parse(LoraList);
    const home = homeFolder();
    if (flags.cloud) return this.#cloud(home);
    const adapters = listAdapters(home, loadConfig(home));
    for (const { name, kind, baseModel, rank, bytes, used, fault } of adapters)
      this.log(
        fault === null
          ? `${used ? "*" : " "} ${name.padEnd(24)} ${kind?.padEnd(11)} rank ${String(rank).padStart(3)}  ${(Number(bytes) / 1e6).toFixed(1).padStart(8)} MB  for ${baseModel ?? "a model that it does not name"}`
          : `! ${name.padEnd(24)} ${fault}`,
      );
    this.log(
      adapters.length > 0
        ? "\n* in use   ! not usable"
        : "No adapter is here. Put one into `loras/` in the data folder, or name its file: synesis lora use PATH",
    );
    return adapters;
  }

  async #cloud(home: string): Promise<CloudAdapter[]> {
    const { listCloudAdapters } = await import("../../services/cloud/adapters.ts");
    const { adapters, usedBytes, quotaBytes } = await listCloudAdapters(home, loadConfig(home), this.signal);
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
    for (const { name, id, rank, sizeBytes, baseModel, models } of adapters)
      this.log(
        `${name.padEnd(24)} ${id}  rank ${String(rank).padStart(3)}  ${mb(sizeBytes).padStart(8)} MB  for ${baseModel} (${models.join(", ") || "no provider takes it"})`,
      );
    this.log(`${mb(usedBytes)} of ${mb(quotaBytes)} MB are used.`);
    return adapters;
  }
}
