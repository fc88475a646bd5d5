/** The user's own keys for providers: from the environment, or from the system's keychain; never from config.json. */
import { SynesisError } from "../../../kernel/index.ts";
import { systemKeychain } from "../../../pipeline/keychain.ts";
import type { Config } from "../config.ts";

const VARIABLES = { anthropic: "ANTHROPIC_API_KEY", openai: "OPENAI_API_KEY", "openai-compatible": "SYNESIS_PROVIDER_KEY" };

/** Providers that are asked with the user's own key. */
export type OwnProvider = keyof typeof VARIABLES;
export const OWN_PROVIDERS = Object.keys(VARIABLES) as OwnProvider[];

const accountOf = (provider: OwnProvider) => `provider:${provider}`;

/** A server of one's own may want none. @throws SynesisError ESCALATION_KEY_MISSING */
export function keyOf({ apiKeyVariable }: Config["escalation"], provider: OwnProvider): string | undefined {
  const variable = apiKeyVariable || VARIABLES[provider];
  const key = process.env[variable]?.trim() || kept(provider);
  if (!key && provider !== "openai-compatible") throw new SynesisError("ESCALATION_KEY_MISSING", `(${variable})`);
  return key || undefined;
}

/** Where no keychain can be reached there is no key in it. */
function kept(provider: OwnProvider): string | undefined {
  try {
    return systemKeychain.read(accountOf(provider));
  } catch (error) {
    if (error instanceof SynesisError && error.code === "KEYCHAIN_UNREACHABLE") return undefined;
    throw error;
  }
}

/** @throws SynesisError KEYCHAIN_UNREACHABLE, USAGE for what is no key */
export function keepKey(provider: OwnProvider, typed: string): void {
  const key = typed.trim();
  if (!/^[\x21-\x7e]{8,4096}$/.test(key)) throw new SynesisError("USAGE", "This is no key: one line without spaces is expected.");
  systemKeychain.write(accountOf(provider), key);
}

/** @throws SynesisError KEYCHAIN_UNREACHABLE */
export function forgetKey(provider: OwnProvider): void {
  systemKeychain.remove(accountOf(provider));
}
