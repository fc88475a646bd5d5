import { definePlugin } from "superinstance";

const DIMENSIONS = 64;

/** Counts letter triples in hashed places: crude, small, and without a model. */
function embed(text) {
  const vector = new Array(DIMENSIONS).fill(0);
  const letters = ` ${text.toLowerCase()} `;
  vector[0] = 1e-6; // an empty text has a direction as well
  for (let i = 0; i + 3 <= letters.length; i++) {
    let hash = 0;
    for (const letter of letters.slice(i, i + 3)) hash = (hash * 31 + letter.codePointAt(0)) % 65_521;
    vector[hash % DIMENSIONS] += 1;
  }
  return vector;
}

export default definePlugin({
  name: "synesis-plugin-NAME",
  setup: (context) => context.provide("embedder", { embed }),
});
