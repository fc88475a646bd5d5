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
const bare: Findings = { hardware, config: defaultConfig(), servers: [], installed: [], runtime: true };
const server = { name: "Ollama", baseUrl: "http://127.0.0.1:11434/v1", models: ["phi3:mini"] };

const check = (name: string, findings: Partial<Findings>, settings: Record<string, string>, next: RegExp) =>
  test(name, () => {
    const proposal = propose({ ...bare, ...findings });
    expect(proposal.settings).toEqual(settings);
    expect([proposal.why, ...proposal.next].join("\n")).toMatch(next);
  });

check(
  "a bare machine needs no model, and is told which one would fit",
  {},
  { "generator.kind": "embedded" },
  /phi-3-mini would fit(?:.|\n)*model pull phi-3-mini/,
);
check(
  "a server that runs is proposed first",
  { servers: [{ ...server, models: [] }, server], installed: ["phi-3-mini"] },
  { "generator.kind": "openai-compatible", "generator.baseUrl": server.baseUrl, "generator.model": "phi3:mini" },
  /doctor/,
);
check("a model that is here is proposed", { installed: ["mine"] }, { "generator.kind": "llama", "generator.model": "mine" }, /doctor/);
check(
  "a model that only makes vectors is not proposed",
  { servers: [{ ...server, models: ["nomic-embed-text:latest", "BAAI/bge-m3", "llama3.2:latest"] }] },
  { "generator.kind": "openai-compatible", "generator.baseUrl": server.baseUrl, "generator.model": "llama3.2:latest" },
  /3 models; llama3\.2:latest is the first that writes/,
);
check(
  "neither is one of a server that has no others, nor one that is here",
  { servers: [{ ...server, models: ["mxbai-embed-large"] }], installed: ["bge-small-en-1.5"] },
  { "generator.kind": "embedded" },
  /None|none/,
);
check(
  "where the library that runs models is not here, it is to be installed first",
  { installed: ["mine"], runtime: false },
  { "generator.kind": "llama", "generator.model": "mine" },
  /runtime install llama\n.*doctor/,
);
const chosen = { ...defaultConfig(), generator: { ...defaultConfig().generator, kind: "llama" as const, model: "mine" } };
check("a choice that was made before is kept", { config: chosen, servers: [server] }, {}, /doctor/);
