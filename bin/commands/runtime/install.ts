import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";
import { ProgressLine } from "../../services/progress.ts";
import { type InstalledRuntime, installRuntime } from "../../services/runtime.ts";

export default class RuntimeInstall extends BaseCommand {
  static override summary = "Install the program that runs model files on this machine (llama.cpp), into the data folder.";
  static override description = "Some 85 MB for the processor; the parts for CUDA and Vulkan are 600 MB more and come only with --gpu.";
  static override examples = ["<%= config.bin %> runtime install llama", "<%= config.bin %> runtime install llama --gpu"];
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, options: ["llama"], description: "What to install: llama." }),
  };
  static override flags = { gpu: Flags.boolean({ description: "Also what computes on NVIDIA's, AMD's and Intel's cards." }) };

  async run(): Promise<InstalledRuntime> {
    const { flags } = await this.parse(RuntimeInstall);
    const progress = new ProgressLine(this.jsonEnabled());
    progress.show("Installing; this takes a moment.");
    const installed = await installRuntime(homeFolder(), flags.gpu, this.signal).finally(() => progress.clear());
    this.log(`Installed into ${installed.folder}: ${installed.packages.join(", ")}`);
    return installed;
  }
}
