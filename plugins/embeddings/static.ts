import { setImmediate } from "node:timers/promises";
import type { Embedder } from "../../kernel/index.ts";
import { StaticModel } from "./static-model.ts";

/** Texts between two looks at the signal. */
const SLICE = 64;

/** The embedder of a static model, on the calling thread. */
export function staticEmbedder(folder: string): Embedder {
  const model = new StaticModel(folder);
  return {
    id: model.id,
    dimensions: model.dimensions,
    embed: async (text) => model.embed(text),
    embedNow: (text) => model.embed(text),
    async embedAll(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const [i, text] of texts.entries()) {
        if (i % SLICE === 0) {
          await setImmediate();
          signal.throwIfAborted();
        }
        vectors.push(model.embed(text));
      }
      return vectors;
    },
  };
}
