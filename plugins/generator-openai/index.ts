/** Writes text with any server that has OpenAI's interface. It sees redacted text only, since the server may be anywhere. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { type OpenAiOptions, openAiGenerator } from "./openai-generator.ts";

export function generatorOpenAi(options: OpenAiOptions): Plugin {
  return definePlugin({
    name: "generator-openai",
    api: 1,
    text: "redacted",
    provides: ["generator"],
    setup(context) {
      context.provide("generator", openAiGenerator(options));
    },
  });
}
