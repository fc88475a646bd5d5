import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { removeAdapter } from "../../services/loras.ts";

/** On this machine, what became of its file; in the cloud, the id that it had. */
type RemovedAdapter =
  | { readonly name: string; readonly path: string; readonly deleted: boolean; readonly wasUsed: boolean }
  | { readonly name: string; readonly id: string; readonly deleted: true };

export default class LoraRemove extends BaseCommand {
  static override summary = "Remove an adapter from this machine; one that lies outside the data folder is only forgotten.";
  static override args = { name: Args.string({ ignoreStdin: true, required: true, description: "The adapter." }) };

  static override flags = { cloud: Flags.boolean({ description: "Delete it in the cloud; what is on this machine stays." }) };

  async run(): Promise<RemovedAdapter> {
    const { args, flags } = await this.parse(LoraRemove);
    const home = homeFolder();
    if (flags.cloud) return this.#cloud(home, args.name);
    const removed = removeAdapter(home, loadConfig(home), args.name);
    this.log(`${args.name} is ${removed.deleted ? "deleted" : `forgotten; its file stays: ${removed.path}`}.`);
    if (removed.wasUsed) this.log("It was in use; the council thinks with the model alone now.");
    return { name: args.name, ...removed };
  }

  async #cloud(home: string, given: string): Promise<RemovedAdapter> {
    const { deleteCloudAdapter } = await import("../../services/cloud/adapters.ts");
    const { name, id } = await deleteCloudAdapter(home, loadConfig(home), given, this.signal);
    this.log(`${name} is deleted in the cloud.`);
    return { name, id, deleted: true };
  }
}
