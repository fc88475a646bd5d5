/** Turns text into vectors of unit length, with the model that comes with the program or one from a folder. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { definePlugin, type Embedder, type Plugin } from "../../kernel/index.ts";

export interface EmbeddingsOptions {
  /** A folder with model.onnx, tokenizer.json and meta.json; the model of the package when absent. */
  readonly folder?: string;
}

export function embeddings(options: EmbeddingsOptions = {}): Plugin {
  return definePlugin({
    name: "embeddings",
    api: 1,
    text: "raw",
    provides: ["embedder"],
    async setup(context) {
      context.provide("embedder", await createEmbedder(options));
    },
  });
}

export async function createEmbedder({ folder = shippedModel() }: EmbeddingsOptions = {}): Promise<Embedder> {
  return (await import("./static.ts")).staticEmbedder(folder);
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
