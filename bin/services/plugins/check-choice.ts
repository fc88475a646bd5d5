import type { Config } from "../config.ts";

/** Looks whether the installed plugins can be used as the settings say; gives what the user should know. @throws SynesisError CONFIG_* */
export async function checkChoice(home: string, config: Config): Promise<string[]> {
  const [{ choosePlugins, unknownNames }, { PluginStore }] = await Promise.all([import("./choose.ts"), import("./store.ts")]);
  const installed = new PluginStore(home).list();
  choosePlugins(installed, config);
  return unknownNames(installed, config.plugins);
}
