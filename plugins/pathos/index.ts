/** The agent of intent: says what a question asks for, and whether a draft gives it. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { frame } from "./frame.ts";
import { judge } from "./judge.ts";

export function pathos(): Plugin {
  return definePlugin({
    name: "pathos",
    api: 1,
    text: "raw",
    weight: 1,
    taps: ["agentVote"],
    requires: ["tokenVault"],
    setup(context) {
      context.tapRawAgent((brief) => (brief.phase === "propose" ? frame(brief) : judge(brief)));
    },
  });
}
