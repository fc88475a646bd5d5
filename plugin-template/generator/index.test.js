import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPlugin } from "superinstance/testkit";
import plugin from "./index.js";

test("it keeps the rules of its kind", async () => {
  const answer = {
    choices: [{ message: { content: '{"answer":"It was [PERSON_01]."}' } }],
    usage: { prompt_tokens: 40, completion_tokens: 6 },
  };
  globalThis.fetch = async () => Response.json(answer);
  await checkPlugin(plugin, readFileSync(new URL("package.json", import.meta.url), "utf8"));
});
