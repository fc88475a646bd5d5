/**
 * `npm run cloud:agents -- FOLDER…` builds agents by others into the Worker: a module is written that has their code,
 * since a Worker cannot load any later. Without a folder there are none.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../kernel/index.ts";
import { bundlePlugin } from "../plugins/third-party/bundle.ts";
import { readManifest } from "../plugins/third-party/manifest.ts";

const FILE = join(import.meta.dirname, "../cloud/worker/synapse/agents/generated/agents.js");

/** The module's text. @throws SynesisError PLUGIN_INVALID for what is no agent that says that it runs in a Worker */
export async function bundleAgents(folders: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    folders.map(async (folder) => {
      const packageJson = readFileSync(join(folder, "package.json"), "utf8");
      const { name, entry, worker } = readManifest(packageJson);
      if (!worker) throw new SynesisError("PLUGIN_INVALID", `${name} does not say that it runs in a Worker ("worker": true).`);
      return `  { packageJson: ${JSON.stringify(packageJson)}, module: ${await bundlePlugin(folder, entry)} },\n`;
    }),
  );
  return `// Agents by others, built in by \`npm run cloud:agents -- FOLDER…\`.\nexport default [${parts.length > 0 ? "\n" : ""}${parts.join("")}];\n`;
}

if (import.meta.main) writeFileSync(FILE, await bundleAgents(process.argv.slice(2)));
