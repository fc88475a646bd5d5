/** The agent of truth and safety: screens question and passages, checks that the sources support the draft, and can veto. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { judge, type World } from "./judge.ts";
import likenessFile from "./likeness.json" with { type: "json" };
import policyFile from "./policy.json" with { type: "json" };
import { type Breach, compilePolicy, type Policy } from "./policy.ts";
import { screen } from "./screen.ts";
import { withGenerator } from "./with-generator.ts";

export type { Machine } from "./checks/feasibility.ts";
export type { World } from "./judge.ts";

/** Where nothing is known, nothing is said: no machine is too small, and no file has a date of its own. */
const UNKNOWN: World = {
  now: Date.now,
  changed: () => undefined,
  machine: async () => ({ memory: Number.POSITIVE_INFINITY, vram: null, diskFree: null, cores: Number.POSITIVE_INFINITY }),
};

export interface EthosOptions extends Partial<World> {
  /** With the generator, which must then be there, on top of its rules. */
  readonly thinks?: boolean;
}

/** Reading the policy takes longer than a question's own rules, and a cloud sets the agent up for every question. */
let builtIn: Policy | undefined;

/** What is known of this machine and of the documents' dates comes from outside. */
export function ethos({ thinks = false, ...world }: EthosOptions = {}): Plugin {
  const known = { ...UNKNOWN, ...world };
  return definePlugin({
    name: "ethos",
    api: 1,
    text: "raw",
    weight: 1.5,
    taps: ["agentVote"],
    requires: thinks ? ["tokenVault", "generator"] : ["tokenVault"],
    setup(context) {
      builtIn ??= compilePolicy(policyFile, likenessFile);
      const policy = rememberingLast(builtIn);
      context.tapRawAgent(
        (brief) => (brief.phase === "propose" ? screen(brief, policy) : judge(brief, known)),
        thinks ? withGenerator(context) : undefined,
      );
    },
  });
}

/** A question is screened by the rules, and again in each round with a model. */
function rememberingLast(policy: Policy): Policy {
  let last: { readonly question: string; readonly breach: Breach | undefined } | undefined;
  return (question) => {
    if (last?.question !== question) last = { question, breach: policy(question) };
    return last.breach;
  };
}
