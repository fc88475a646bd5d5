/** What developers run from source, without the bundle, can be loaded. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

test.each([
  ["bench", "nonsense"],
  ["eval", "--data", ".", "nonsense"],
])("npm run %s starts, and says what it does not know", (script, ...args) => {
  const { stderr, status } = spawnSync("npm", ["run", "-s", script, "--", ...args], { cwd: ROOT, encoding: "utf8" });
  expect(status).not.toBe(0);
  expect(stderr).toContain('"nonsense"');
});
