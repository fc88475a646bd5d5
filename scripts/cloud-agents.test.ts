import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleAgents } from "./cloud-agents.ts";

const ROOT = join(import.meta.dirname, "..");
const BREVITY = join(ROOT, "test/fixtures/plugins/brevity");

test("what is written for an agent is what the Worker's own test runs", async () => {
  expect(await bundleAgents([BREVITY])).toBe(readFileSync(join(ROOT, "test/fixtures/generated/cloud-agents.js"), "utf8"));
});

test("without a folder there are none", async () => {
  expect(await bundleAgents([])).toBe(readFileSync(join(ROOT, "cloud/worker/synapse/agents/generated/agents.js"), "utf8"));
});

test.each([
  [{ worker: false }, "does not say that it runs in a Worker"],
  [{ hosts: ["api.example.com"] }, "only an agent that sees tokens and has no network"],
  [{ taps: ["agentVote", "retrieve"] }, "only an agent that sees tokens and has no network"],
  [{ text: "raw" }, "only an agent that sees tokens and has no network"],
])("an agent with %j is not built in", async (more, message) => {
  const folder = mkdtempSync(join(tmpdir(), "cloud-agent-"));
  cpSync(BREVITY, folder, { recursive: true });
  const file = join(folder, "package.json");
  const parsed = JSON.parse(readFileSync(file, "utf8")) as { synesis: object };
  writeFileSync(file, JSON.stringify({ ...parsed, synesis: { ...parsed.synesis, ...more } }));
  await expect(bundleAgents([folder])).rejects.toThrow(message);
});
