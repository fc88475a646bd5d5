import { type Context, definePlugin, type Plugin, type ServiceName, type Services } from "../../kernel/index.ts";
import { embedderOf } from "./embedder.ts";
import { generatorOf } from "./generator.ts";
import type { Manifest } from "./manifest.ts";
import type { Target } from "./sandbox-api.ts";
import { type Ask, agentTap, detectorTap, providerTap, rawAgent, retrieverTap, type Stays } from "./taps.ts";

/** What of a plugin is used: another one may have been chosen for the rest. */
export type Parts = Pick<Manifest, "taps" | "provides">;

export interface Wiring {
  readonly manifest: Manifest;
  readonly parts: Parts;
  /** A way to ask the plugin, wherever its code runs. */
  readonly ask: (target: Target) => Ask;
  readonly stays: Stays;
  /** Tokens that a request to its generator and the answer may have together. */
  readonly context?: number;
  /** Names its settings, where vectors depend on them. */
  readonly variant?: string;
  /** Services that it gives as they are: those of a plugin that is trusted. */
  readonly services?: Partial<Services>;
}

/** A plugin of the kernel out of what its package declares. */
export function wired({
  manifest,
  parts: { taps, provides },
  ask,
  stays,
  context: tokens = 4096,
  variant = "",
  services = {},
}: Wiring): Plugin {
  const { name, version, text, weight, tokenTypes } = manifest;
  const id = `${name}@${version}`;
  return definePlugin({
    name,
    api: 1,
    text,
    taps,
    provides,
    tokenTypes,
    weight,
    async setup(context) {
      if (taps.includes("preRedact")) context.tap("preRedact", detectorTap(ask("preRedact"), manifest));
      if (taps.includes("retrieve")) context.tap("retrieve", retrieverTap(ask("retrieve"), stays, context), { stage: 10 });
      if (taps.includes("escalate")) context.tap("escalate", providerTap(ask("escalate")));
      if (taps.includes("agentVote")) joinCouncil(context, ask("agentVote"), manifest, stays);
      if (provides.includes("embedder")) context.provide("embedder", await embedderOf(ask("embed"), name, id + variant));
      if (provides.includes("generator")) context.provide("generator", generatorOf(ask("generate"), id, tokens));
      for (const service of provides) if (services[service]) context.provide<ServiceName>(service, services[service]);
    },
  });
}

function joinCouncil(context: Context, ask: Ask, manifest: Manifest, stays: Stays): void {
  if (manifest.text === "raw") context.tapRawAgent(rawAgent(ask, manifest));
  else context.tap("agentVote", agentTap(ask, manifest, stays, context));
}
