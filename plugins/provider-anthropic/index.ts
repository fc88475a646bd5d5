/** Asks Anthropic with the user's own key, by its official client, which is loaded at the first question. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { askDirect, type DirectOptions } from "../../pipeline/escalate/direct.ts";
import { anthropicBody } from "./body.ts";

export { anthropicBody } from "./body.ts";

export function providerAnthropic(options: DirectOptions): Plugin {
  return definePlugin({
    name: "provider-anthropic",
    api: 1,
    text: "redacted",
    taps: ["escalate"],
    setup(context) {
      context.tap("escalate", async (brief, stream, call) => {
        const body = anthropicBody(brief);
        const { openAnthropic } = await import("./open.ts");
        return askDirect({ model: body.model, open: openAnthropic(body, options) }, options, [brief, stream, call]);
      });
    },
  });
}
