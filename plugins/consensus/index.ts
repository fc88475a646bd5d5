/** The council's arithmetic: a weighted mean of graded approvals, against a threshold; a veto outweighs it. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { weightedVerdict } from "./weighted-verdict.ts";

export function consensus(): Plugin {
  return definePlugin({
    name: "consensus",
    api: 1,
    text: "redacted",
    taps: ["consensus"],
    setup(context) {
      context.tap("consensus", weightedVerdict);
    },
  });
}
