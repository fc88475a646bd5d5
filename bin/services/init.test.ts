import { expect, test } from "vitest";
import type { Hardware } from "../../plugins/hardware/index.ts";
import { defaultConfig } from "./config.ts";
import { type Findings, propose } from "./init.ts";

const GIB = 1024 ** 3;
const hardware: Hardware = {
  cpu: { model: "Chip", cores: 4, physicalCores: 4, mhz: 2000, arch: "x64", features: [] },
  memory: { total: 6 * GIB, available: 5 * GIB, limit: null },
  gpus: [],
  disk: null,
};
const bare: Findings = { hardware, config: defaultConfig(), servers: [], installed: [] };
const server = { name: "Ollama", baseUrl: "http://127.0.0.1:11434/v1", models: ["phi3:mini"] };

const check = (name: string, findings: Partial<Findings>, settings: Record<string, string>, next: RegExp) =>
  test(name, () => {
    const proposal = propose({ ...bare, ...findings });
    expect(proposal.settings).toEqual(settings);
    expect([proposal.why, ...proposal.next].join("\n")).toMatch(next);
  });

check("a bare machine needs no model, and is told which one would fit", {}, { "generator.kind": "embedded" }, /phi-3-mini would fit/);
check(
  "a server that runs is proposed first",
  { servers: [{ ...server, models: [] }, server], installed: ["phi-3-mini"] },
  { "generator.kind": "openai-compatible", "generator.baseUrl": server.baseUrl, "generator.model": "phi3:mini" },
  /doctor/,
);
check("a model that is here is proposed", { installed: ["mine"] }, { "generator.kind": "llama", "generator.model": "mine" }, /doctor/);
const chosen = { ...defaultConfig(), generator: { ...defaultConfig().generator, kind: "llama" as const, model: "mine" } };
check("a choice that was made before is kept", { config: chosen, servers: [server] }, {}, /doctor/);
