/** Puts the plugins together: which ones, in which order, with which settings. The only file that knows them all. */
import { createKernel, type Kernel, type Plugin } from "../../kernel/index.ts";
import type { Config } from "./config.ts";
import { generatorPlugins } from "./generator.ts";
import { privacyOptions } from "./privacy.ts";

/** What a command needs of the kernel. Less is loaded for less. */
export type Need = "privacy" | "knowledge" | "council";

/** @param keepNothing no token is kept: what would be sent is only looked at. */
export async function compose(home: string, config: Config, need: Need, keepNothing = false): Promise<Kernel> {
  const generator = need === "council" ? await generatorPlugins(home, config) : [];
  return createKernel(
    [
      ...(await privacyPlugins(home, config, keepNothing)),
      ...(await knowledgePlugins(home, need)),
      ...generator,
      ...(await councilPlugins(need)),
    ],
    { weights: config.council.weights },
  );
}

async function privacyPlugins(home: string, config: Config, keepNothing: boolean): Promise<Plugin[]> {
  const { privacy } = await import("../../plugins/privacy/index.ts");
  return [privacy({ ...(await privacyOptions(home, config)), keepNothing })];
}

async function knowledgePlugins(home: string, need: Need): Promise<Plugin[]> {
  if (need === "privacy") return [];
  const [{ embeddings }, { knowledge }] = await Promise.all([
    import("../../plugins/embeddings/index.ts"),
    import("../../plugins/knowledge/index.ts"),
  ]);
  return [embeddings(), knowledge({ home })];
}

async function councilPlugins(need: Need): Promise<Plugin[]> {
  if (need !== "council") return [];
  const [{ pathos }, { logos }, { ethos }, { consensus }] = await Promise.all([
    import("../../plugins/pathos/index.ts"),
    import("../../plugins/logos/index.ts"),
    import("../../plugins/ethos/index.ts"),
    import("../../plugins/consensus/index.ts"),
  ]);
  return [pathos(), logos(), ethos(), consensus()];
}
