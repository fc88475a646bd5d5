import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { findInCatalogue } from "../../../plugins/models/catalogue.ts";
import { BaseCommand } from "../../base-command.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { describeModel, pullModel } from "../../services/models.ts";
import { ProgressLine } from "../../services/progress.ts";

interface PullResult {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | null;
  /** False when it was here already. */
  readonly pulled: boolean;
  readonly warnings: readonly string[];
}

export default class ModelPull extends BaseCommand {
  static override summary = "Download a model; an interrupted download goes on where it stopped.";
  static override description =
    "A model is named by its id (`synesis model list`), as owner/repository/file.gguf of the hub, or by an https: or file: address. HTTPS_PROXY and NO_PROXY are heeded.";
  static override examples = [
    "<%= config.bin %> model pull llama-3.2-1b",
    "<%= config.bin %> model pull https://files.example/my-model.gguf",
  ];
  static override args = { id: Args.string({ ignoreStdin: true, required: true, description: "The model, or the address of its file." }) };
  static override flags = {
    sha256: Flags.string({ helpValue: "HEX", description: "Refuse the file when its SHA-256 is another one." }),
  };

  async run(): Promise<PullResult> {
    const { args, flags } = await this.parse(ModelPull);
    if (flags.sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(flags.sha256))
      throw new SynesisError("USAGE", "--sha256 is 64 hexadecimal digits.");
    const home = homeFolder();
    const config = loadConfig(home);
    const options = { sha256: flags.sha256, progress: new ProgressLine(this.jsonEnabled()), signal: this.signal };
    const { readHardware } = await import("../../../plugins/hardware/index.ts");
    const hardware = await readHardware(home);
    const told = findInCatalogue(args.id) ? describeModel(home, config, hardware, args.id).warnings : [];
    for (const warning of told) await this.notice(`Warning: ${warning}.`); // before anybody waits for gigabytes
    const { id, path, bytes, sha256, pulled } = await pullModel(home, config, args.id, options);
    const { warnings } = describeModel(home, config, hardware, id);
    this.log(`${id}: ${pulled ? "downloaded" : "already here"}, ${path}`);
    for (const warning of warnings.filter((one) => !told.includes(one))) this.log(`Warning: ${warning}.`);
    this.log(`Use it with: synesis model use ${id}`);
    return { id, path, bytes, sha256, pulled, warnings };
  }
}
