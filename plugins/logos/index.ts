/** The agent of reasoning: answers with the sources' own sentences, quoted exactly and cited. It never makes anything up. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { draftAnswer } from "./draft.ts";
import { judge } from "./judge.ts";
import { withGenerator } from "./with-generator.ts";

/** @param thinks with the generator, which must then be there, on top of its rules */
export function logos({ thinks = false } = {}): Plugin {
  return definePlugin({
    name: "logos",
    api: 1,
    text: "raw",
    weight: 1.2,
    taps: ["agentVote"],
    requires: thinks ? ["tokenVault", "generator"] : ["tokenVault"],
    setup(context) {
      context.tapRawAgent(
        (brief) => (brief.phase === "propose" ? draftAnswer(brief) : judge(brief)),
        thinks ? withGenerator(context) : undefined,
      );
    },
  });
}
