import { SynesisError } from "../../../kernel/index.ts";
import { SandboxFault } from "../../../plugins/third-party/fault.ts";
import { sandboxFor } from "../../../plugins/third-party/index.ts";
import type { Manifest } from "../../../plugins/third-party/manifest.ts";

/**
 * Loads a plugin once, before it is kept: what cannot be loaded is said now and not at the next question. Gives what is
 * to be kept: its code, or, for a list of patterns, the list as JSON.
 *
 * @throws SynesisError PLUGIN_INVALID, PATTERNS_INVALID
 */
export async function tryPlugin(manifest: Manifest, code: string, trusted: boolean, signal: AbortSignal): Promise<string> {
  if (trusted) return code;
  const sandbox = sandboxFor(manifest, code);
  try {
    const { value } = await sandbox.call("describe", [], signal);
    if (!manifest.patterns) return code;
    const pack = { name: manifest.name, version: manifest.version, patterns: value };
    const [{ definePatterns }, { patternsOfPack }] = await Promise.all([
      import("../../../plugins/privacy/patterns/define.ts"),
      import("../../../plugins/privacy/patterns/pack.ts"),
    ]);
    definePatterns(patternsOfPack(pack, manifest.name), { origin: manifest.name });
    return JSON.stringify(pack);
  } catch (error) {
    if (!(error instanceof SandboxFault)) throw error;
    throw new SynesisError("PLUGIN_INVALID", `${manifest.name}: ${error.message}.`);
  } finally {
    sandbox.close();
  }
}
