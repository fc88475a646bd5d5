import { definePlugin } from "superinstance";

/** Puts passages that have a heading before those that have none. */
export default definePlugin({
  name: "synesis-plugin-NAME",
  setup(context) {
    context.tap("retrieve", (passages) =>
      [...passages].sort((a, b) => Number(b.heading !== "") - Number(a.heading !== "") || b.score - a.score).map(({ id }) => ({ id })),
    );
  },
});
