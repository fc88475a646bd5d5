import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import { bundlePlugin } from "../../../plugins/third-party/bundle.ts";
import { type Caller, type Checked, checkContract } from "../../../plugins/third-party/contract.ts";
import { SandboxFault } from "../../../plugins/third-party/fault.ts";
import { sandboxFor } from "../../../plugins/third-party/index.ts";
import { type Manifest, readManifest } from "../../../plugins/third-party/manifest.ts";
import type { NetResponse } from "../../../plugins/third-party/sandbox-api.ts";
import { tryPlugin } from "./try.ts";

/** Puts a plugin through the rules of its kind, in the sandbox that it will run in. @throws SynesisError PLUGIN_INVALID */
export async function testPlugin(path: string, signal: AbortSignal): Promise<{ manifest: Manifest; checked: Checked[] }> {
  const folder = resolve(path);
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw new SynesisError("PATH_NOT_FOUND", `(${file})`);
  const manifest = readManifest(readFileSync(file, "utf8"));
  const code = await bundlePlugin(folder, manifest.entry);
  await tryPlugin(manifest, code, false, signal);
  if (manifest.patterns) return { manifest, checked: [{ name: "patterns: find their examples and leave their counter-examples" }] };
  const sandbox = sandboxFor(manifest, code);
  try {
    const asksHosts = manifest.hosts.length > 0;
    const call: Caller = async (target, args) => {
      try {
        return (await sandbox.call(target, args, signal, { net: asksHosts ? unavailable : undefined })).value;
      } catch (error) {
        // A generator whose host is not to be had is right to say so.
        if (target === "generate" && asksHosts && error instanceof SandboxFault && error.quoted) return { text: "" };
        throw error;
      }
    };
    return { manifest, checked: await checkContract(manifest, call) };
  } finally {
    sandbox.close();
  }
}

/** The network of a test: every host says that it is not to be had. */
async function unavailable(): Promise<string> {
  return JSON.stringify({ status: 503, headers: {}, body: "" } satisfies NetResponse);
}
