/** The Worker with counters: a copy of cloud/ beside links to all else, which wrangler bundles as it does the Worker itself. */
import { randomUUID } from "node:crypto";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { counted, ROOT, WORK, withCounters } from "./instrument.ts";

const TREE = join(WORK, "tree");
export const COUNTS = join(WORK, "counts");
export const COUNTS_PATH = "/__coverage__";

/** The Worker, with a way to its counters that no other Worker has. */
const ENTRY = `
import worker from "./index.ts";
export * from "./index.ts";
const isAsked = (request) => new URL(request.url).pathname === "${COUNTS_PATH}";
export default {
  ...worker,
  fetch: (request, ...more) => (isAsked(request) ? Response.json(globalThis.__coverage__ ?? {}) : worker.fetch(request, ...more)),
};
`;

export const sources = (): string[] => globSync("cloud/**/*.ts", { cwd: ROOT }).filter((path) => counted(resolve(ROOT, path)));

export function buildTree(): void {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(COUNTS, { recursive: true });
  mkdirSync(TREE);
  cpSync(join(ROOT, "cloud"), join(TREE, "cloud"), { recursive: true });
  for (const name of ["kernel", "pipeline", "plugins"]) symlinkSync(join(ROOT, name), join(TREE, name));
  for (const path of sources()) writeFileSync(join(TREE, path), withCounters(path, readFileSync(join(ROOT, path), "utf8")).code);
  writeFileSync(join(TREE, "cloud/worker/counting.js"), ENTRY);
}

/** The same configuration for the Worker that counts; one of another Worker as it is. */
export function countingConfig(configPath: string | URL): string {
  const path = typeof configPath === "string" ? resolve(configPath) : fileURLToPath(configPath);
  if (dirname(path) !== join(ROOT, "cloud/worker")) return path;
  const copy = join(TREE, "cloud/worker", `.${randomUUID()}-${basename(path)}`);
  writeFileSync(copy, readFileSync(path, "utf8").replace('"main": "index.ts"', '"main": "counting.js"'));
  return copy;
}

export function keepCounts(counts: unknown): void {
  if (counts) writeFileSync(join(COUNTS, `${randomUUID()}.json`), JSON.stringify(counts));
}
