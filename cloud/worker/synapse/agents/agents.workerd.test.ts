/** An agent as strangers write them votes in the cloud's council, inside workerd, out of what `npm run cloud:agents` writes. */
import { expect, test } from "vitest";
import { type Generator, SynesisError } from "../../../../kernel/index.ts";
import bundled from "../../../../test/fixtures/generated/cloud-agents.js";
import { deliberateInCloud } from "../deliberate.ts";
import { agentsOf } from "./index.ts";

const silent: Generator = {
  model: "silent",
  context: 4096,
  // biome-ignore lint/correctness/useYield: it fails before it writes
  async *generate() {
    throw new SynesisError("GENERATOR_UNREACHABLE");
  },
};

const ASKED = {
  question: "Who built the Heliograph?",
  passages: [{ heading: "Handbook", text: "The Heliograph was built by Petra Holm in 1821. It stands above the harbour." }],
  history: [],
  constraints: [],
};

test("an agent that was built in votes beside the others, and its vote counts", async () => {
  expect(navigator.userAgent).toBe("Cloudflare-Workers");
  const told = new Set<string>();
  const listener = { tell: ({ agent }: { agent: string }) => void told.add(agent) };
  const { signal } = new AbortController();
  const alone = await deliberateInCloud(ASKED, silent, signal, listener);
  expect([...told]).toEqual(["pathos", "logos", "ethos"]);
  const joined = await deliberateInCloud(ASKED, silent, signal, listener, agentsOf(bundled));
  expect([...told]).toEqual(["pathos", "logos", "ethos", "synesis-plugin-brevity"]);
  expect(joined.score).toBeGreaterThan(alone.score);
});
