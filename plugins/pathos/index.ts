/** The agent of intent: says what a question asks for, and whether a draft gives it. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { frame } from "./frame.ts";
import { judge } from "./judge.ts";

export function pathos(): Plugin {
  return definePlugin({
    name: "pathos",
    api: 1,
    text: "redacted",
    weight: 1,
    taps: ["agentVote"],
    setup(context) {
      context.tap("agentVote", (brief) => (brief.phase === "propose" ? frame(brief) : judge(brief)));
    },
  });
}
