import { resolve } from "node:path";
import type { EmbeddingsOptions } from "../../plugins/embeddings/index.ts";
import type { Config } from "./config.ts";

/** Where the chosen embedding model lies: below models/ in the data folder where its path is not whole. */
export function embedderOptions(home: string, { embeddings: { model } }: Config): EmbeddingsOptions {
  return model === "" ? {} : { folder: resolve(home, "models", model) };
}
