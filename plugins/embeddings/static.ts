import { setImmediate } from "node:timers/promises";
import type { Embedder } from "../../kernel/index.ts";
import { readMeta, StaticModel } from "./static-model.ts";

/** Texts between two looks at the signal. */
const SLICE = 64;

/** The embedder of a static model, on the calling thread. The table is read when the first text comes. */
export function staticEmbedder(folder: string): Embedder {
  const meta = readMeta(folder);
  let loaded: StaticModel | undefined;
  const model = () => {
    loaded ??= new StaticModel(folder, meta);
    return loaded;
  };
  return {
    id: `${meta.name}-${meta.sha256["model.onnx"].slice(0, 8)}`, // other weights, other vectors
    dimensions: meta.dimensions,
    embed: async (text) => model().embed(text),
    embedNow: (text) => model().embed(text),
    async embedAll(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const [i, text] of texts.entries()) {
        if (i % SLICE === 0) {
          await setImmediate();
          signal.throwIfAborted();
        }
        vectors.push(model().embed(text));
      }
      return vectors;
    },
  };
}
