/** The agent of truth and safety: screens question and passages, checks that the sources support the draft, and can veto. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { judge } from "./judge.ts";
import policyFile from "./policy.json" with { type: "json" };
import { compilePolicy } from "./policy.ts";
import { screen } from "./screen.ts";
import { withGenerator } from "./with-generator.ts";

/** @param thinks with the generator, which must then be there, on top of its rules */
export function ethos({ thinks = false } = {}): Plugin {
  return definePlugin({
    name: "ethos",
    api: 1,
    text: "raw",
    weight: 1.5,
    taps: ["agentVote"],
    requires: thinks ? ["tokenVault", "generator"] : ["tokenVault"],
    setup(context) {
      const policy = compilePolicy(policyFile);
      context.tapRawAgent(
        (brief) => (brief.phase === "propose" ? screen(brief, policy) : judge(brief)),
        thinks ? withGenerator(context) : undefined,
      );
    },
  });
}
