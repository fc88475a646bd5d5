/** Whether an adapter was made for a model: whether the model has every tensor that it changes, in that size. */
import { SynesisError } from "../../kernel/index.ts";
import { readGguf } from "../../pipeline/gguf/read.ts";
import type { Adapter } from "./read/adapter.ts";

/** @throws SynesisError LORA_UNUSABLE, LORA_MISMATCH; GgufFault when the model's file is none */
export function assertFits(adapter: Adapter, modelFile: string): void {
  if (adapter.kind !== "gguf")
    throw new SynesisError("LORA_UNUSABLE", "It is a safetensors file.", {
      next: "Make a GGUF file of it with llama.cpp's convert_lora_to_gguf.py. `synesis push` takes it as it is.",
    });
  const sizes = new Map<string, readonly number[]>();
  const { metadata } = readGguf(modelFile, ({ name, dimensions }) => sizes.set(name, dimensions));
  const architecture = metadata.get("general.architecture");
  if (adapter.architecture !== architecture)
    throw new SynesisError("LORA_MISMATCH", `It is for ${named(adapter.architecture)}, and the model is ${named(architecture)}.`);
  for (const [tensor, { inputs, outputs }] of adapter.changes) {
    const size = sizes.get(tensor);
    if (!size) throw new SynesisError("LORA_MISMATCH", `The model has no tensor ${tensor.slice(0, 100)}.`);
    if (size[0] !== inputs || size[1] !== outputs)
      throw new SynesisError("LORA_MISMATCH", `${tensor.slice(0, 100)} is ${size.join(" × ")} in the model, not ${inputs} × ${outputs}.`);
  }
}

function named(architecture: unknown): string {
  return typeof architecture === "string" && architecture ? architecture.slice(0, 60) : "a model of no known kind";
}
