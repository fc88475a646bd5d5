import { definePlugin } from "superinstance";

/** Wants every answer to name where it comes from. */
export default definePlugin({
  name: "synesis-plugin-NAME",
  setup(context) {
    context.tap("agentVote", ({ phase, draft }) => {
      if (phase === "propose" || !draft) return { approval: 1, reason: "There is no draft yet." };
      const cited = /\[\d+\]/.test(draft.text);
      if (cited) return { approval: 1, reason: "The draft names its sources." };
      return { approval: 0.3, reason: "The draft names no source.", objections: ["Name the source of each sentence."] };
    });
  },
});
