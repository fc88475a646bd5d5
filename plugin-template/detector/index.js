import { definePlugin } from "superinstance";

const OPENING = "codeword ";

/** The word after "codeword" is a secret. */
export default definePlugin({
  name: "synesis-plugin-NAME",
  setup(context) {
    context.tap("preRedact", (_, text) => {
      const spans = [];
      for (let at = text.indexOf(OPENING); at >= 0; at = text.indexOf(OPENING, at + 1)) {
        const start = at + OPENING.length;
        const end = start + text.slice(start).search(/\W|$/);
        if (end > start) spans.push({ start, end, type: "CODE_WORD" });
      }
      return spans;
    });
  },
});
