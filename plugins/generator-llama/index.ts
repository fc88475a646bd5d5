/** Writes text with a model file on this machine, by llama.cpp in a process of its own. Nothing of it is loaded before the first request. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { type LlamaOptions, llamaGenerator } from "./llama-generator.ts";

export function generatorLlama(options: LlamaOptions): Plugin {
  const generator = llamaGenerator(options);
  return definePlugin({
    name: "generator-llama",
    api: 1,
    text: "redacted",
    provides: ["generator"],
    setup(context) {
      context.provide("generator", generator);
    },
    close: () => generator.close(),
  });
}
