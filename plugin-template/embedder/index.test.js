import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPlugin } from "superinstance/testkit";
import plugin from "./index.js";

test("it keeps the rules of its kind", async () => {
  await checkPlugin(plugin, readFileSync(new URL("package.json", import.meta.url), "utf8"));
});
