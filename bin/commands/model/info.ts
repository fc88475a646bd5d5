import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { describeModel, type ModelDetail } from "../../services/models.ts";

const GIB = 1024 ** 3;

export default class ModelInfo extends BaseCommand {
  static override summary = "Show one model: its size, its licence, and how it fits this machine.";
  static override examples = ["<%= config.bin %> model info llama-3.2-1b", "<%= config.bin %> model info llama-3.2-1b:Q8_0"];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The model." }) };

  async run(): Promise<ModelDetail> {
    const { args } = await this.parse(ModelInfo);
    const home = homeFolder();
    const { readHardware } = await import("../../../plugins/hardware/index.ts");
    const model = describeModel(home, loadConfig(home), await readHardware(home), args.id);
    const lines = [
      `${model.name} (${model.id})`,
      `Size     ${(model.bytes / 1e9).toFixed(2)} GB${model.parameters ? `, ${(model.parameters / 1e9).toFixed(2)} billion parameters` : ""}`,
      `Context  ${model.context ?? "unknown"} tokens`,
      `Template ${model.template ?? "none"}`,
      `Licence  ${model.licence ?? "unknown"}`,
      `Here     ${model.path ?? "no"}`,
      `Memory   ${model.memory === null ? "unknown" : `${(model.memory / GIB).toFixed(1)} GiB`}, on: ${model.place ?? "nothing"}`,
      model.quantisations.length > 0 ? `Forms    ${model.quantisations.map((name) => `${model.id.split(":")[0]}:${name}`).join(", ")}` : "",
      ...model.warnings.map((warning) => `Warning: ${warning}.`),
    ];
    this.log(lines.filter(Boolean).join("\n"));
    return model;
  }
}
