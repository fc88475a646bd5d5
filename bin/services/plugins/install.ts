import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import { bundlePlugin } from "../../../plugins/third-party/bundle.ts";
import { asks, type Manifest, readManifest, sandboxedParts } from "../../../plugins/third-party/manifest.ts";
import { npm } from "../npm.ts";
import type { InstalledPlugin, PluginStore } from "./store.ts";
import { tryPlugin } from "./try.ts";

export interface InstallRequest {
  /** A package's name, with or without a version; a folder; a tarball. */
  readonly source: string;
  readonly trusted: boolean;
  /** Asks the user; gives whether what the plugin asks for is granted. */
  readonly grant: (manifest: Manifest) => Promise<boolean>;
}

/** A name of a package, and perhaps a version or a tag: nothing that npm would read as another kind of source. */
const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:@[\w.^~<>=*+-]{1,64})?$/;

/**
 * Installs a plugin: fetches it and what it depends on, runs none of their scripts, makes one script of it, tries that
 * in the sandbox, and keeps it when its user grants what it asks for.
 *
 * @throws SynesisError PLUGIN_INSTALL_FAILED, PLUGIN_INVALID, PLUGIN_NOT_GRANTED
 */
export async function installPlugin(store: PluginStore, request: InstallRequest, signal: AbortSignal): Promise<InstalledPlugin> {
  const staging = mkdtempSync(join(tmpdir(), "synesis-plugin-"));
  try {
    const { name, integrity } = await fetchPackage(request.source, staging, signal);
    const folder = join(staging, "node_modules", ...name.split("/"));
    const manifest = readManifest(readFileSync(join(folder, "package.json"), "utf8"));
    const { trusted } = request;
    if (!trusted) sandboxedParts(manifest);
    const code = await bundlePlugin(staging, join("node_modules", ...name.split("/"), manifest.entry), trusted);
    const found = await tryPlugin(manifest, code, trusted, signal);
    if (!(await request.grant(manifest))) throw new SynesisError("PLUGIN_NOT_GRANTED", `${name}: ${asks(manifest, trusted).join(" ")}`);
    return store.add({ manifest, source: request.source, integrity, trusted }, found);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Lays the package and what it depends on into `staging`. */
async function fetchPackage(source: string, staging: string, signal: AbortSignal): Promise<{ name: string; integrity: string }> {
  const spec = await specOf(source, staging, signal);
  writeFileSync(join(staging, "package.json"), '{"private":true}\n');
  const flags = ["--ignore-scripts", "--omit=dev", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-update-notifier"];
  await npm(["install", spec, ...flags], staging, "PLUGIN_INSTALL_FAILED", signal);
  const { dependencies } = JSON.parse(readFileSync(join(staging, "package.json"), "utf8")) as { dependencies?: Record<string, string> };
  const [name] = Object.keys(dependencies ?? {});
  if (name === undefined) throw new SynesisError("PLUGIN_INSTALL_FAILED", "npm ended well, but the package is not there.");
  const lock = JSON.parse(readFileSync(join(staging, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity?: string } | undefined>;
  };
  return { name, integrity: lock.packages[`node_modules/${name}`]?.integrity ?? "" };
}

/** What npm is asked for. A folder is packed first, as it would be published, so that no link leads back to it. */
async function specOf(source: string, staging: string, signal: AbortSignal): Promise<string> {
  const path = resolve(source);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return path;
  if (found?.isDirectory()) {
    const printed = await npm(
      ["pack", path, "--ignore-scripts", "--json", "--pack-destination", staging],
      staging,
      "PLUGIN_INSTALL_FAILED",
      signal,
    );
    const [packed] = Object.values(JSON.parse(printed) as Record<string, { filename: string }>);
    if (packed) return join(staging, packed.filename);
  }
  if (!PACKAGE.test(source))
    throw new SynesisError("PLUGIN_INSTALL_FAILED", "There is no such folder or file, and it is no name of a package.");
  return source;
}
