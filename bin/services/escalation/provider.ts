/** The provider that the settings choose: where it is, what it would be sent, and the plugins that ask it. */
import type { EscalationBrief, Plugin } from "../../../kernel/index.ts";
import type { DirectOptions } from "../../../pipeline/escalate/direct.ts";
import { cloudHost, cloudLink } from "../cloud/link.ts";
import type { Config } from "../config.ts";
import { openEgressLog } from "../egress.ts";
import { keyOf } from "./keys.ts";
import { costOf } from "./prices.ts";

type Settings = Config["escalation"];

const ADDRESSES = { anthropic: "https://api.anthropic.com", openai: "https://api.openai.com/v1" };

const ATTEMPTS = 3;
const PAUSE_MS = 500;

/** Who gets what is sent: a plugin that is chosen, by its name, else HOST or HOST:PORT; empty where nobody is set up. */
export function hostOf(config: Config): string {
  const { escalation, plugins } = config;
  if (plugins.provider !== "") return plugins.provider;
  if (escalation.provider === "cloud") return cloudHost(config);
  const address = baseUrlOf(escalation);
  return address === undefined ? "" : new URL(address).host;
}

/** The exact bytes that the provider would get for a brief; for a plugin, what it is handed. @throws SynesisError ESCALATION_MODEL_UNKNOWN */
export async function bytesFor(brief: EscalationBrief, { escalation, plugins }: Config): Promise<Uint8Array> {
  if (plugins.provider !== "") return Buffer.from(JSON.stringify(brief));
  const { provider, timeoutSeconds } = escalation;
  if (provider === "cloud")
    return (await import("../../../plugins/tunnel/escalation-frames.ts")).escalationFrames(brief, timeoutSeconds * 1000);
  const body =
    provider === "anthropic"
      ? (await import("../../../plugins/provider-anthropic/index.ts")).anthropicBody(brief)
      : (await import("../../../plugins/provider-openai/index.ts")).openAiBody(brief, provider === "openai");
  return Buffer.from(JSON.stringify(body));
}

/** Nothing of them is loaded or opened before the first question that leaves. */
export async function escalationPlugins(home: string, config: Config): Promise<Plugin[]> {
  const { escalation } = config;
  const { provider, timeoutSeconds } = escalation;
  const log = await openEgressLog(home);
  const beforeSending = (host: string, bytes: string | Uint8Array) => void log.append(host, bytes);
  const common = { beforeSending, idleMs: timeoutSeconds * 1000, attempts: ATTEMPTS, pauseMs: PAUSE_MS };
  if (provider === "cloud") {
    const { escalation: asking } = await import("../../../plugins/escalation/index.ts");
    return [cloudLink(home, config), asking(common)];
  }
  const baseUrl = baseUrlOf(escalation);
  const direct: DirectOptions = {
    ...common,
    ...(escalation.baseUrl || provider === "openai-compatible" ? { baseUrl: baseUrl ?? "" } : {}),
    key: () => keyOf(escalation, provider),
    priceOf: (model, tokens) => costOf(escalation, model, tokens),
  };
  if (provider === "anthropic") return [(await import("../../../plugins/provider-anthropic/index.ts")).providerAnthropic(direct)];
  return [(await import("../../../plugins/provider-openai/index.ts")).providerOpenAi({ ...direct, own: provider === "openai" })];
}

function baseUrlOf({ provider, baseUrl }: Settings): string | undefined {
  if (baseUrl || provider === "cloud" || provider === "openai-compatible") return baseUrl || undefined;
  return ADDRESSES[provider];
}
