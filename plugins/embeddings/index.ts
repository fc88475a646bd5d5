/** Turns text into vectors of unit length: with the static model that comes with the program, or with an ONNX model. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { definePlugin, type Embedder, type Plugin } from "../../kernel/index.ts";
import type { ClosableEmbedder } from "./onnx/embedder.ts";

export interface EmbeddingsOptions {
  /** A folder with a static model (it has a meta.json) or an ONNX encoder (embedder.json); the model of the package when absent. */
  readonly folder?: string;
}

export function embeddings(options: EmbeddingsOptions = {}): Plugin {
  let close = async () => {};
  return definePlugin({
    name: "embeddings",
    api: 1,
    text: "raw",
    provides: ["embedder"],
    async setup(context) {
      const embedder = await createEmbedder(options);
      close = async () => embedder.close?.();
      context.provide("embedder", embedder);
    },
    close: () => close(),
  });
}

/** @throws SynesisError EMBEDDER_INVALID when the folder holds no model that can be used. */
export async function createEmbedder({ folder = shippedModel() }: EmbeddingsOptions = {}): Promise<Embedder & Partial<ClosableEmbedder>> {
  if (existsSync(join(folder, "meta.json"))) return (await import("./static.ts")).staticEmbedder(folder);
  return (await import("./onnx/embedder.ts")).onnxEmbedder(folder);
}

/** The path of the tokenizer that comes with the program. */
export function shippedTokenizer(): string {
  return join(shippedModel(), "tokenizer.json");
}

/** Beside the source; the build leaves it there, one folder up from its own. */
function shippedModel(): string {
  const source = import.meta.url;
  if (source.endsWith(".ts")) return fileURLToPath(new URL("./model", source));
  const root = source.slice(0, source.lastIndexOf("/dist/") + 1);
  return fileURLToPath(new URL("plugins/embeddings/model", root));
}
