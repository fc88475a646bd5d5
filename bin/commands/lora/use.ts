import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { type AdapterView, useAdapter, useNoAdapter } from "../../services/loras.ts";

export default class LoraUse extends BaseCommand {
  static override summary = "Choose the adapter that the council thinks with, after a look whether the chosen model takes it.";
  static override examples = ["<%= config.bin %> lora use house-style", "<%= config.bin %> lora use ~/adapters/house-style.gguf"];
  static override args = { adapter: Args.string({ ignoreStdin: true, description: "Its name, or the path of its file." }) };
  static override flags = { none: Flags.boolean({ description: "Think with the model alone." }) };

  async run(): Promise<AdapterView | { readonly name: null }> {
    const { args, flags } = await this.parse(LoraUse);
    if (flags.none === (args.adapter !== undefined)) throw new SynesisError("USAGE", "Name an adapter, or give --none.");
    const home = homeFolder();
    if (args.adapter === undefined) {
      useNoAdapter(home);
      this.log("The council thinks with the model alone.");
      return { name: null };
    }
    const chosen = useAdapter(home, loadConfig(home), args.adapter);
    this.log(`${chosen.name} is chosen (generator.lora = ${chosen.name}).`);
    return chosen;
  }
}
