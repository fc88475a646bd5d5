import { realpathSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { SynesisError } from "../../kernel/index.ts";

/** What `superinstance` is to a plugin: it defines, and gives back what it was given. */
const PUBLIC_MODULE = "export const definePlugin = (plugin) => plugin; export const definePatterns = (patterns) => patterns;";
const MAX_CODE = 4 * 1024 * 1024;

/**
 * One script out of a plugin's modules (JavaScript or TypeScript) and the packages that lie inside its folder, whose
 * value is the module. Nothing of it is run here, and no file outside the folder is read.
 *
 * @param trusted makes a module for Node, with its built-ins, instead of a script for the sandbox.
 * @throws SynesisError PLUGIN_INVALID, saying what cannot be imported.
 */
export async function bundlePlugin(folder: string, entry: string, trusted = false): Promise<string> {
  const { build } = await import("esbuild");
  const root = realpathSync(folder);
  const result = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    ...(trusted
      ? ({ format: "esm", platform: "node" } as const)
      : ({ format: "iife", globalName: "plugin", platform: "neutral" } as const)),
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    target: "es2024",
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
    loader: { ".txt": "text", ".json": "json" },
    tsconfigRaw: "{}",
    plugins: [
      {
        name: "superinstance",
        setup(bundler) {
          bundler.onResolve({ filter: /^superinstance$/ }, ({ path }) => ({ path, namespace: "public" }));
          bundler.onLoad({ filter: /.*/, namespace: "public" }, () => ({ contents: PUBLIC_MODULE }));
          bundler.onResolve({ filter: /^\w+:\/\// }, () => ({ errors: [{ text: "what an address gives may change: bring it along" }] }));
          // A path or a link may lead out of the folder: what lies there is the user's.
          bundler.onLoad({ filter: /.*/, namespace: "file" }, ({ path }) => {
            const inside = relative(root, realpathSync(path));
            return inside.startsWith("..") || isAbsolute(inside)
              ? { errors: [{ text: "it lies outside the plugin's folder" }] }
              : undefined;
          });
        },
      },
    ],
  }).catch((error: unknown) => {
    throw new SynesisError("PLUGIN_INVALID", firstMessage(error));
  });
  const code = result.outputFiles[0]?.text ?? "";
  if (code.length > MAX_CODE) throw new SynesisError("PLUGIN_INVALID", `Its code is longer than ${MAX_CODE} characters.`);
  return trusted ? code : `(() => {${code}\nreturn plugin;\n})()`;
}

function firstMessage(error: unknown): string {
  const [first] = (error as { errors?: { text: string; location: { file: string; line: number } | null }[] }).errors ?? [];
  if (!first) return "Its code cannot be read.";
  return `${first.location ? `${first.location.file}:${first.location.line}: ` : ""}${first.text.replace(/\s+/g, " ").slice(0, 300)}`;
}
