import { type CatalogueFile, type CatalogueModel, catalogueShape, findInCatalogue } from "./catalogue.ts";
import { bestGpu, type Fit, judgeFit, type Machine } from "./fit.ts";

const GIB = 1024 ** 3;
/** A GPU with less does not count as one. */
const USEFUL_VRAM = 4 * GIB;
/** A machine sold with 16 GB reports a little less: the system and the graphics take their part first. */
const SHORT = 0.95;

export interface Choice {
  readonly model: CatalogueModel;
  readonly file: CatalogueFile;
  readonly fit: Fit;
}

/** The model to propose for a machine; undefined when even the smallest does not fit. */
export function chooseModel(machine: Machine, context: number): Choice | undefined {
  for (const name of candidates(machine)) {
    const found = findInCatalogue(name);
    if (!found) continue;
    const judged = judgeFit(catalogueShape(found.model, found.file), machine, Math.min(context, found.model.context));
    const warned = judged.place === "none" || (judged.place !== "gpu" && judged.need.total > machine.memory.available);
    if (!warned) return { ...found, fit: judged };
  }
  return undefined;
}

/** The best first, and smaller ones behind it for a machine whose memory is in use. */
function candidates(machine: Machine): readonly string[] {
  const total = machine.memory.total / GIB / SHORT;
  const gpu = bestGpu(machine);
  const useful = gpu !== undefined && gpu.vram >= USEFUL_VRAM * SHORT;
  const small = ["phi-3-mini", "llama-3.2-3b", "llama-3.2-1b", "qwen2.5-0.5b"];
  if (total < 8) return small;
  if (total < 16) return ["llama-3.2-3b", ...small];
  if (total < 32) return useful ? ["llama-3.1-8b", "mistral-7b", ...small] : ["gemma-3-4b", "llama-3.2-3b", ...small];
  return ["llama-3.1-8b", "mistral-7b", ...small];
}
