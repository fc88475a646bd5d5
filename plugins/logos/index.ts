/** The agent of reasoning: answers with the sources' own sentences, quoted exactly and cited. It never makes anything up. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { draftAnswer } from "./draft.ts";
import { judge } from "./judge.ts";

export function logos(): Plugin {
  return definePlugin({
    name: "logos",
    api: 1,
    text: "raw",
    weight: 1.2,
    taps: ["agentVote"],
    requires: ["tokenVault"],
    setup(context) {
      context.tapRawAgent((brief) => (brief.phase === "propose" ? draftAnswer(brief) : judge(brief)));
    },
  });
}
