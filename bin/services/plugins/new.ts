import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import { packageRoot } from "../package-root.ts";

export const KINDS = ["agent", "patterns", "retriever", "provider", "embedder", "generator", "detector"] as const;

/** Where the template says what the plugin is called. */
const PLACEHOLDER = "synesis-plugin-NAME";

/**
 * Makes a plugin's folder out of the template of its kind.
 *
 * @param name with or without the prefix, or with a scope.
 * @throws SynesisError USAGE, OUTPUT_EXISTS
 */
export function newPlugin(name: string, kind: (typeof KINDS)[number], parent: string): { name: string; folder: string; files: string[] } {
  const full = name.startsWith("@") || name.startsWith("synesis-plugin-") ? name : `synesis-plugin-${name}`;
  if (!/^(?:@[a-z0-9][a-z0-9-]*\/|synesis-plugin-)[a-z0-9][a-z0-9-]{0,45}$/.test(full))
    throw new SynesisError("USAGE", "A plugin's name has small letters, digits and dashes.");
  const folder = resolve(parent, full.replace(/^.*\//, ""));
  if (existsSync(folder)) throw new SynesisError("OUTPUT_EXISTS", `(${folder})`, { next: "Take another name, or remove the folder." });
  cpSync(join(packageRoot(), "plugin-template", kind), folder, { recursive: true });
  const named = ["package.json", "README.md", "index.js"];
  for (const file of named) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(PLACEHOLDER, full));
  }
  return { name: full, folder, files: [...named, "index.test.js", ".github/workflows/test.yml"] };
}
