/** Asks OpenAI, or any server with its interface, with the user's own key, by the official client, loaded at the first question. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { askDirect, type DirectOptions } from "../../pipeline/escalate/direct.ts";
import { openAiBody } from "./body.ts";

export { openAiBody } from "./body.ts";

export interface OpenAiOptions extends DirectOptions {
  /** OpenAI's own interface, and not another server's that is like it. */
  readonly own: boolean;
}

export function providerOpenAi(options: OpenAiOptions): Plugin {
  return definePlugin({
    name: "provider-openai",
    api: 1,
    text: "redacted",
    taps: ["escalate"],
    setup(context) {
      context.tap("escalate", async (brief, stream, call) => {
        const body = openAiBody(brief, options.own);
        const { openOpenAi } = await import("./open.ts");
        return askDirect({ model: body.model, open: openOpenAi(body, options) }, options, [brief, stream, call]);
      });
    },
  });
}
