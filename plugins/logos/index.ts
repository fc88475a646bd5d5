/** The agent of reasoning: answers with the sources' own sentences, quoted exactly and cited. It never makes anything up. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { draftAnswer } from "./draft.ts";
import { judge } from "./judge.ts";

export function logos(): Plugin {
  return definePlugin({
    name: "logos",
    api: 1,
    text: "redacted",
    weight: 1.2,
    taps: ["agentVote"],
    setup(context) {
      context.tap("agentVote", (brief) => (brief.phase === "propose" ? draftAnswer(brief) : judge(brief)));
    },
  });
}
