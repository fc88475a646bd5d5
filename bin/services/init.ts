/** What `synesis init` finds out and proposes. */
import { join } from "node:path";
import { isInstalled } from "../../plugins/generator-llama/connect.ts";
import { findLocalServers, type LocalServer } from "../../plugins/generator-openai/local-servers.ts";
import type { Hardware } from "../../plugins/hardware/index.ts";
import { findInCatalogue } from "../../plugins/models/catalogue.ts";
import { chooseModel } from "../../plugins/models/choose.ts";
import { ModelStore } from "../../plugins/models/store.ts";
import { type Config, loadConfig, setSetting } from "./config.ts";
import { count } from "./count.ts";

/** Settings by dotted key, and in words what they mean. */
export interface Proposal {
  readonly why: string;
  readonly settings: Readonly<Record<string, string>>;
  /** What the user may do after that. */
  readonly next: readonly string[];
}

/** Everything that a proposal rests on. */
export interface Findings {
  readonly hardware: Hardware;
  readonly config: Config;
  readonly servers: readonly LocalServer[];
  /** Ids of the models on this machine. */
  readonly installed: readonly string[];
  /** Whether the library that runs them is here. */
  readonly runtime: boolean;
}

export async function look(home: string): Promise<Findings> {
  const { readHardware } = await import("../../plugins/hardware/index.ts");
  const [hardware, servers] = await Promise.all([readHardware(home), findLocalServers()]);
  const installed = new ModelStore(home).list().map(({ id }) => id);
  return { hardware, config: loadConfig(home), servers, installed, runtime: isInstalled(join(home, "runtime")) };
}

/** Servers list models that only make vectors or compare texts beside those that write. */
const NO_WRITER = /embed|rerank|minilm|(?:^|[/:-])(?:bge|gte|e5)-/i;

const writes = (id: string) => (findInCatalogue(id)?.model.kind ?? "chat") === "chat" && !NO_WRITER.test(id);

const INSTALL = "synesis runtime install llama";

/** A choice that was made before is kept; then a server that runs already, then a model that is here, then none. */
export function propose({ hardware, config, servers, installed, runtime }: Findings): Proposal {
  const { kind } = config.generator;
  if (kind !== "embedded") return { why: `The settings already choose ${kind}; that stays.`, settings: {}, next: ["synesis doctor"] };
  const server = servers.find(({ models }) => models.some(writes));
  if (server) {
    const model = server.models.find(writes) ?? "";
    return {
      why: `${server.name} runs on this machine and has ${count(server.models.length, "model")}; ${model} is the first that writes.`,
      settings: { "generator.kind": "openai-compatible", "generator.baseUrl": server.baseUrl, "generator.model": model },
      next: ["synesis doctor"],
    };
  }
  const first = installed.find(writes);
  if (first !== undefined) {
    const settings = { "generator.kind": "llama", "generator.model": first };
    return { why: `The model ${first} is on this machine.`, settings, next: [...(runtime ? [] : [INSTALL]), "synesis doctor"] };
  }
  const choice = chooseModel(hardware, config.generator.context);
  const fitting = choice ? ` ${choice.model.id} would fit this machine.` : "";
  return {
    why: `No model is here, and none is needed: answers are made of your files' own sentences.${fitting}`,
    settings: { "generator.kind": "embedded" },
    next: ['synesis ask "What is this about?" --path .', ...(choice ? [`synesis model pull ${choice.model.id}`] : [])],
  };
}

export function accept(home: string, { settings }: Proposal): void {
  for (const [key, value] of Object.entries(settings)) setSetting(home, key, JSON.stringify(value));
}
