import type { Config } from "../config.ts";

/**
 * Who is asked where the council does not agree, decided here alone: the plugin that is chosen, else whom
 * `escalation.provider` names. Empty where that is the cloud and none is set up: then whatever provider is installed.
 */
export function askedElsewhere({ plugins, escalation, cloud }: Pick<Config, "plugins" | "escalation" | "cloud">): string {
  if (plugins.provider !== "") return plugins.provider;
  return escalation.provider === "cloud" && cloud.gateway === "" && cloud.api === "" ? "" : escalation.provider;
}
