/** The plugins that are installed: plugins/plugins.json in the home folder, and one file of code for each beside it. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import type { Manifest } from "../../../plugins/third-party/manifest.ts";
import { pluginsFile } from "./place.ts";

export interface InstalledPlugin {
  readonly manifest: Manifest;
  /** What was given to `plugins install`. */
  readonly source: string;
  /** Of the package, as npm states it; empty for a folder. */
  readonly integrity: string;
  /** SHA-256 of its code, hexadecimal: what is run is what was installed. */
  readonly code: string;
  /** Whether it runs with all rights of this program, as its user said. */
  readonly trusted: boolean;
  /** ISO 8601. */
  readonly installed: string;
  /** What went wrong in its last calls, the latest last; emptied when one goes well. */
  readonly failures: readonly string[];
}

/** So many failures in a row, and a plugin is set aside. */
const MAX_FAILURES = 3;

export class PluginStore {
  readonly folder: string;
  readonly #file: string;

  constructor(home: string) {
    this.folder = join(home, "plugins");
    this.#file = pluginsFile(home);
  }

  /** By name. */
  list(): InstalledPlugin[] {
    if (!existsSync(this.#file)) return [];
    try {
      const { plugins } = JSON.parse(readFileSync(this.#file, "utf8")) as { plugins: Record<string, InstalledPlugin> };
      // What an older version wrote has no settings.
      const whole = Object.values(plugins).map((plugin) => ({
        ...plugin,
        manifest: { ...plugin.manifest, settings: plugin.manifest.settings ?? {} },
      }));
      return whole.sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
    } catch (error) {
      throw new SynesisError("PLUGIN_INVALID", `(${this.#file})`, {
        cause: error,
        next: "Correct the file, or move the folder away and install the plugins again.",
      });
    }
  }

  /** @throws SynesisError PLUGIN_NOT_FOUND */
  get(name: string): InstalledPlugin {
    const found = this.list().find(({ manifest }) => manifest.name === name);
    if (!found) throw new SynesisError("PLUGIN_NOT_FOUND", `(${name.slice(0, 100)})`);
    return found;
  }

  /** Where the code of a plugin lies: a module where it is trusted, else a script for the sandbox. */
  codeFile({ code, trusted }: Pick<InstalledPlugin, "code" | "trusted">): string {
    return join(this.folder, `${code}.${trusted ? "mjs" : "js"}`);
  }

  /** The code, which is what was installed. @throws SynesisError PLUGIN_CHANGED */
  readCode(plugin: InstalledPlugin): string {
    const file = this.codeFile(plugin);
    const code = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (sha256(code) !== plugin.code) throw new SynesisError("PLUGIN_CHANGED", `(${plugin.manifest.name})`);
    return code;
  }

  add(plugin: Omit<InstalledPlugin, "code" | "installed" | "failures">, code: string): InstalledPlugin {
    const added = { ...plugin, code: sha256(code), installed: new Date().toISOString(), failures: [] };
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.codeFile(added), code, { mode: 0o600 });
    const before = this.list().find(({ manifest }) => manifest.name === added.manifest.name);
    this.#change((plugins) => ({ ...plugins, [added.manifest.name]: added }));
    if (before && this.codeFile(before) !== this.codeFile(added)) rmSync(this.codeFile(before), { force: true });
    return added;
  }

  remove(name: string): void {
    const plugin = this.get(name);
    this.#change(({ [name]: _, ...others }) => others);
    for (const file of [this.codeFile(plugin), this.logFile(name)]) rmSync(file, { force: true });
  }

  /** Where what a plugin logged is kept, for its author. */
  logFile(name: string): string {
    return join(this.folder, `${name.replace("/", "+")}.log`);
  }

  /** Notes how a call of a plugin ended; `fault` is absent when it went well. */
  note(name: string, fault: string | undefined): void {
    const { failures } = this.get(name);
    if (fault === undefined && failures.length === 0) return;
    const known = fault === undefined ? [] : [...failures, fault].slice(-MAX_FAILURES);
    this.#change((plugins) => {
      const plugin = plugins[name];
      return plugin ? { ...plugins, [name]: { ...plugin, failures: known } } : plugins;
    });
  }

  #change(change: (plugins: Record<string, InstalledPlugin>) => Record<string, InstalledPlugin>): void {
    const plugins = change(Object.fromEntries(this.list().map((plugin) => [plugin.manifest.name, plugin])));
    const draft = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(draft, `${JSON.stringify({ version: 1, plugins }, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}

/** Whether a plugin has failed so often that it is no longer asked. A detector is: without it, nothing is redacted. */
export function isSetAside({ manifest, failures }: InstalledPlugin): boolean {
  return failures.length >= MAX_FAILURES && !manifest.taps.includes("preRedact");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
