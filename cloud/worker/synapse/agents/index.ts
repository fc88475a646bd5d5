/** Agents by others in the cloud's council: whoever runs the Worker has built them in, and trusts them. */
import type { Plugin } from "../../../../kernel/index.ts";
import { type Definition, inProcess } from "../../../../plugins/third-party/in-process.ts";
import { readManifest } from "../../../../plugins/third-party/manifest.ts";
import bundled from "./generated/agents.js";

export interface BundledAgent {
  /** Contents of its package.json. */
  readonly packageJson: string;
  readonly module: { readonly default: Definition };
}

/** @throws SynesisError PLUGIN_INVALID; SandboxFault when one does not have what its package declares */
export function agentsOf(agents: readonly BundledAgent[] = bundled): Promise<Plugin[]> {
  return Promise.all(agents.map(({ packageJson, module }) => inProcess(readManifest(packageJson), module.default)));
}
