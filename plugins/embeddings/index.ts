/** Turns text into vectors of unit length. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { hashedEmbedder } from "./hashed.ts";

export function embeddings(): Plugin {
  return definePlugin({
    name: "embeddings",
    api: 1,
    text: "raw",
    provides: ["embedder"],
    setup(context) {
      context.provide("embedder", hashedEmbedder());
    },
  });
}
