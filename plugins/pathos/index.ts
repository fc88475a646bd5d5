/** The agent of intent: says what a question asks for, and whether a draft gives it. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { frame } from "./frame.ts";
import { judge } from "./judge.ts";
import { withGenerator } from "./with-generator.ts";

/** @param thinks with the generator, which must then be there, on top of its rules */
export function pathos({ thinks = false } = {}): Plugin {
  return definePlugin({
    name: "pathos",
    api: 1,
    text: "raw",
    weight: 1,
    taps: ["agentVote"],
    requires: thinks ? ["tokenVault", "generator"] : ["tokenVault"],
    setup(context) {
      context.tapRawAgent(
        (brief) => (brief.phase === "propose" ? frame(brief) : judge(brief)),
        thinks ? withGenerator(context) : undefined,
      );
    },
  });
}
