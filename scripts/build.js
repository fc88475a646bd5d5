// Bundles the command line into dist/: one file a command, one a worker thread, shared chunks beside them. Bundling
// halves the start-up time; packages with native parts, or that load files of their own, stay outside.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Plugin } from "@oclif/core/config";
import { build } from "esbuild";
import { builtInPatterns } from "../plugins/privacy/patterns/index.ts";
import { scannerFile } from "../plugins/privacy/scan/scanner.ts";
import { lazyOclif } from "./lazy-oclif.js";

const EXTERNAL = [
  "better-sqlite3",
  "sqlite-vec",
  "piscina",
  "systeminformation",
  "unpdf",
  "onnxruntime-node",
  "@napi-rs/keyring",
  "esbuild",
  "@matrixai/quic",
];

const commands = globSync("bin/commands/**/*.ts").filter((file) => !file.endsWith(".test.ts"));
const workers = globSync("{pipeline,plugins}/**/*.worker.ts");
const name = (file) => file.slice(file.lastIndexOf("/") + 1, -".ts".length);

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: {
    cli: "bin/cli.ts",
    superinstance: "sdk/index.ts",
    testkit: "sdk/testkit.ts",
    gateway: "cloud/gateway/main.ts",
    ...Object.fromEntries(commands.map((file) => [file.slice("bin/".length, -".ts".length), file])),
    ...Object.fromEntries(workers.map((file) => [name(file), file])),
  },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node24",
  minifySyntax: true,
  minifyWhitespace: true, // what is shorter is read faster; names stay, for stacks
  sourcemap: false,
  legalComments: "none",
  external: EXTERNAL,
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  loader: { ".md": "text" },
  plugins: [lazyOclif],
  logLevel: "warning",
});

const { name: file, content } = scannerFile(builtInPatterns);
writeFileSync(`dist/${file}`, content);

// The types that authors of plugins write against.
execFileSync(process.execPath, [
  fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json"))),
  "-p",
  "tsconfig.sdk.json",
]);

// The manifest spares a start from loading every command to learn what there is.
const root = fileURLToPath(new URL("../", import.meta.url));
const pjson = JSON.parse(readFileSync("package.json", "utf8"));
const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync("oclif.manifest.json", `${JSON.stringify(plugin.manifest)}\n`);
