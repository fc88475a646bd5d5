import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPlugin, setUp } from "superinstance/testkit";
import plugin from "./index.js";

test("it keeps the rules of its kind", async () => {
  await checkPlugin(plugin, readFileSync(new URL("package.json", import.meta.url), "utf8"));
});

test("it finds the word", async () => {
  const context = await setUp(plugin);
  assert.deepEqual(context.tapOf("preRedact")([], "The codeword swordfish."), [{ start: 13, end: 22, type: "CODE_WORD" }]);
});
