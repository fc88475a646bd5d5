import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../kernel/index.ts";
import { BaseCommand } from "../base-command.ts";
import { choose } from "../services/choose.ts";
import { loadConfig } from "../services/config.ts";
import { homeFolder } from "../services/home.ts";
import { ProgressLine } from "../services/progress.ts";
import { findToPush, type PushResult, pushAdapter, pushable } from "../services/push.ts";
import { visible } from "../services/visible.ts";

export default class Push extends BaseCommand {
  static override summary = "Bring an adapter to the cloud, to ask cloud models with it.";
  static override description =
    "The file goes in parts, several at a time, and its checksum is verified at the end. A push that was broken off goes on where it stopped when the command is run again.";
  static override examples = [
    "<%= config.bin %> push ./house-style --base-model meta-llama/Llama-3.3-70B-Instruct",
    "<%= config.bin %> push house-style --name tone --force",
  ];
  static override args = {
    path: Args.string({
      ignoreStdin: true,
      description: "The adapter's file or folder, or the name of one that is here. At a terminal you may choose.",
    }),
  };
  static override flags = {
    name: Flags.string({ helpValue: "NAME", description: "What it is called in the cloud; the file's name when absent." }),
    "base-model": Flags.string({ helpValue: "MODEL", description: "The model that it was made for, where the file does not say so." }),
    force: Flags.boolean({ description: "Take the place of another adapter of this name." }),
  };

  async run(): Promise<PushResult> {
    const { args, flags } = await this.parse(Push);
    const home = homeFolder();
    const found = findToPush(home, args.path ?? (await this.#chosen(home)));
    const result = await pushAdapter(home, loadConfig(home), found, {
      name: flags.name,
      baseModel: flags["base-model"],
      force: flags.force,
      progress: new ProgressLine(this.jsonEnabled()),
      signal: this.signal,
    });
    const { name, id, uploaded, sizeBytes, resumedBytes, ms, models } = result;
    const how = resumedBytes > 0 ? `, of which ${megabytes(resumedBytes)} were there` : "";
    this.log(
      uploaded
        ? `${name} is in the cloud: ${megabytes(sizeBytes)}${how}, in ${(ms / 1000).toFixed(1)} s.`
        : `${name} was in the cloud already.`,
    );
    this.log(`Its id is ${id}.`);
    if (models.length > 0) this.log(`It can be asked with ${models.join(", ")}.`);
    else await this.notice("No provider of this cloud takes it with the model that it was made for.");
    return result;
  }

  async #chosen(home: string): Promise<string> {
    const adapters = pushable(home);
    const rows = adapters.map(({ name, adapter }) =>
      visible(`${name.padEnd(24)} ${megabytes(adapter.sizeBytes).padStart(10)}  for ${adapter.baseModel ?? "?"}`),
    );
    const index = await choose("Which one?", rows, this.signal);
    const chosen = index === undefined ? undefined : adapters[index];
    if (!chosen)
      throw new SynesisError("USAGE", "No adapter was named.", { next: "Name its file, its folder, or one of `synesis lora list`." });
    return chosen.name;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
