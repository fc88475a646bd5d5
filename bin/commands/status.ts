import type { Gpu, Hardware } from "../../plugins/hardware/index.ts";
import { BaseCommand } from "../base-command.ts";
import { count } from "../services/count.ts";
import { withWorkspace } from "../services/workspace.ts";

interface StatusResult {
  readonly version: string;
  readonly node: string;
  readonly home: string;
  readonly hardware: Hardware;
  readonly mode: "embedded" | "generator";
  readonly models: { readonly embedder: string; readonly generator: string | null };
  readonly vaults: { readonly knowledge: { readonly documents: number; readonly chunks: number; readonly bytes: number } };
  readonly link: "none";
}

const GIB = 1024 ** 3;

export default class Status extends BaseCommand {
  static override summary = "Show this machine, the mode, and what is stored.";

  async run(): Promise<StatusResult> {
    await this.parse(Status);
    return withWorkspace("vault", this.signal, async ({ home, kernel, config }) => {
      const { readHardware } = await import("../../plugins/hardware/index.ts");
      const hardware = await readHardware(home);
      const { kind, model } = config.generator;
      const plugin = config.plugins.generator;
      const generator = plugin || (kind === "embedded" ? null : model);
      const knowledge = kernel.service("knowledgeVault").stats();
      this.log(
        [
          `SuperInstance ${this.config.version}, Node ${process.versions.node}`,
          `Home     ${home}`,
          `CPU      ${hardware.cpu.model}, ${hardware.cpu.cores} cores`,
          `Memory   ${(hardware.memory.available / GIB).toFixed(1)} of ${(hardware.memory.total / GIB).toFixed(1)} GiB available`,
          `GPU      ${hardware.gpus.map(showGpu).join(", ") || "none found"}`,
          `Disk     ${hardware.disk ? `${(hardware.disk.free / GIB).toFixed(1)} GiB free` : "unknown"}`,
          `Mode     ${generator === null ? "embedded: answers are made of your files' own sentences" : "generator: a model writes the answers, and they are checked against your files"}`,
          `Model    ${generator === null ? "none" : `${generator || "not named"} (${plugin ? "plugin" : kind})`}`,
          `Embedder ${kernel.service("embedder").id}`,
          `Vault    ${count(knowledge.documents, "document")}, ${count(knowledge.chunks, "chunk")}`,
          "Link     none: nothing leaves this machine",
        ].join("\n"),
      );
      return {
        version: this.config.version,
        node: process.versions.node,
        home,
        hardware,
        mode: generator === null ? "embedded" : "generator",
        models: { embedder: kernel.service("embedder").id, generator },
        vaults: { knowledge },
        link: "none",
      };
    });
  }
}

/** A card without an interface is there, but nothing computes on it. */
function showGpu({ vendor, model, vram, api }: Gpu): string {
  const name = model.startsWith(vendor) ? model : `${vendor} ${model}`;
  return `${name}${vram === null ? "" : ` ${(vram / GIB).toFixed(1)} GiB`}${api === null ? " (not used)" : ""}`;
}
