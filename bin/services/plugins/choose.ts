/** Which installed plugins are used, and for what: several may offer the same part. */
import { SynesisError } from "../../../kernel/index.ts";
import { type SettingValues, settingValues } from "../../../plugins/third-party/settings.ts";
import type { Parts } from "../../../plugins/third-party/wired.ts";
import type { Config } from "../config.ts";
import { askedElsewhere } from "../escalation/asked-elsewhere.ts";
import { type InstalledPlugin, isSetAside } from "./store.ts";

export interface ChosenPlugin {
  readonly plugin: InstalledPlugin;
  /** What it is used for. */
  readonly parts: Parts;
  readonly settings: SettingValues;
}

type Service = Parts["provides"][number];
type Role = Service | "escalate";

/** The setting that chooses who has a part; `builtIn` is the plugin of this program that has it otherwise. */
const ROLES: Readonly<Record<Role, { readonly setting: keyof Config["plugins"] & string; readonly builtIn?: string }>> = {
  embedder: { setting: "embedder", builtIn: "embeddings" },
  generator: { setting: "generator" },
  knowledgeVault: { setting: "store", builtIn: "knowledge" },
  escalate: { setting: "provider" },
};

/**
 * The plugins that are switched on, each with what it is used for. An embedder is used because it is installed; a
 * generator and a store only when they are chosen.
 *
 * @throws SynesisError CONFIG_INVALID, CONFIG_KEY_UNKNOWN
 */
export function choosePlugins(
  installed: readonly InstalledPlugin[],
  all: Pick<Config, "plugins" | "escalation" | "cloud">,
): ChosenPlugin[] {
  const config = all.plugins;
  const elsewhere = askedElsewhere(all);
  const on = installed.filter((plugin) => !config.disabled.includes(plugin.manifest.name));
  const has = (role: Role) => holderOf(role, on, config);
  const holders = {
    embedder: has("embedder"),
    generator: has("generator"),
    knowledgeVault: has("knowledgeVault"),
    escalate: has("escalate") ?? elsewhere,
  };
  return on
    .filter((plugin) => !isSetAside(plugin))
    .map((plugin) => {
      const { name, taps, provides } = plugin.manifest;
      const parts: Parts = {
        taps: taps.filter((tap) => tap !== "escalate" || holders.escalate === "" || holders.escalate === name),
        provides: provides.filter((service) => holders[service] === name),
      };
      return { plugin, parts, settings: settingValues(plugin.manifest, config.settings[name]) };
    });
}

/** The name of the plugin that has a part; undefined where it is a built-in one. */
function holderOf(role: Role, on: readonly InstalledPlugin[], config: Config["plugins"]): string | undefined {
  const { setting, builtIn } = ROLES[role];
  const able = on.map(({ manifest }) => manifest).filter(({ taps, provides }) => [...taps, ...provides].includes(role));
  const chosen = config[setting];
  if (chosen === builtIn) return undefined;
  if (chosen !== "") {
    if (able.some(({ name }) => name === chosen)) return String(chosen);
    throw new SynesisError(
      "CONFIG_INVALID",
      `plugins.${setting}: no plugin ${String(chosen)} that can do it is installed and switched on.`,
      {
        next: `Install it, or run \`synesis config set plugins.${setting} ${builtIn ?? '""'}\`.`,
      },
    );
  }
  if (role !== "embedder") return undefined;
  const [only, other] = able;
  if (only && other)
    throw new SynesisError("CONFIG_INVALID", `plugins.${setting}: ${able.map(({ name }) => name).join(" and ")} can both do it.`, {
      next: `Choose one: \`synesis config set plugins.${setting} ${only.name}\`.`,
    });
  return only?.name;
}

/** What the settings switch off or set, and is not there: said, since a wrong name would otherwise change nothing unnoticed. */
export function unknownNames(installed: readonly InstalledPlugin[], { disabled, settings }: Config["plugins"]): string[] {
  const known = new Set([...installed.map(({ manifest }) => manifest.name), "pathos"]);
  const missing = (key: string, names: readonly string[]) =>
    names.filter((name) => !known.has(name)).map((name) => `${key} names ${name}, which is not installed.`);
  return [...missing("plugins.disabled", disabled), ...missing("plugins.settings", Object.keys(settings))];
}
