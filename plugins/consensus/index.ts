/** The council's arithmetic: how votes become a verdict. A veto outweighs every way of counting. */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { bestOf } from "./best-of.ts";
import { majority } from "./majority.ts";
import { ranked } from "./ranked.ts";
import { type Count, verdictBy } from "./verdict.ts";
import { weighted } from "./weighted.ts";

const COUNTS = { weighted, majority, ranked, "best-of": bestOf } satisfies Record<string, Count>;

export type ConsensusMethod = keyof typeof COUNTS;

export function consensus({ method = "weighted" }: { readonly method?: ConsensusMethod } = {}): Plugin {
  return definePlugin({
    name: "consensus",
    api: 1,
    text: "redacted",
    taps: ["consensus"],
    setup(context) {
      context.tap("consensus", verdictBy(COUNTS[method]));
    },
  });
}
