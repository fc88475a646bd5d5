import { type Context, definePlugin, type Plugin } from "../../kernel/index.ts";
import { embedderOf } from "./embedder.ts";
import type { Manifest } from "./manifest.ts";
import type { Target } from "./sandbox-api.ts";
import { type Ask, agentTap, detectorTap, providerTap, rawAgent, retrieverTap, type Stays } from "./taps.ts";

/** A plugin of the kernel out of what its package declares, and a way to ask it, wherever its code runs. */
export function wired(manifest: Manifest, ask: (target: Target) => Ask, stays: Stays): Plugin {
  const { name, taps, provides, text, weight, tokenTypes } = manifest;
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
      if (provides.includes("embedder")) context.provide("embedder", await embedderOf(ask("embed"), manifest));
    },
  });
}

function joinCouncil(context: Context, ask: Ask, manifest: Manifest, stays: Stays): void {
  if (manifest.text === "raw") context.tapRawAgent(rawAgent(ask, manifest));
  else context.tap("agentVote", agentTap(ask, manifest, stays, context));
}
