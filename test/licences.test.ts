/**
 * What is installed with the package on any platform, and what is bundled into the Worker, is under a licence that this list allows, and is what the lock file
 * says. Whether a fault is known in it cannot be told without a network: `npm audit` tells.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const ALLOWED = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"];

interface Installed {
  readonly version?: string;
  readonly license?: string | { readonly type: string };
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly integrity?: string;
}
const read = <T>(path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
const { packages } = read<{ packages: Record<string, Installed> }>("package-lock.json");
/** Development's, as the package is installed; bundled into the Worker with all that they need. */
const BUNDLED = ["@hono/zod-openapi", "hono", "stripe"];

function withDependencies(name: string, seen = new Set<string>()): Set<string> {
  const path = `node_modules/${name}`;
  if (!seen.has(path)) {
    seen.add(path);
    for (const one of Object.keys(packages[path]?.dependencies ?? {})) withDependencies(one, seen);
  }
  return seen;
}
const bundled = new Set(BUNDLED.flatMap((name) => [...withDependencies(name)]));
const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== "" && (!dev || bundled.has(path)));

/** Every alternative of "A OR B" counts, and every part of "A AND B" must. */
function isAllowed(licence: string): boolean {
  const parts = (text: string) => text.replaceAll(/[()]/g, "").trim();
  return licence.split(" OR ").some((one) =>
    parts(one)
      .split(" AND ")
      .every((part) => ALLOWED.includes(part.trim())),
  );
}

test.each(shipped)("%s may be shipped", (path, locked) => {
  const own = existsSync(join(ROOT, path, "package.json")) ? read<Installed>(`${path}/package.json`) : locked;
  const licence = typeof own.license === "object" ? own.license.type : own.license;
  expect(licence).toBeDefined();
  expect(`${licence}: ${isAllowed(licence ?? "")}`).toBe(`${licence}: true`);
  expect(own.version).toBe(locked.version);
  expect(locked.integrity).toMatch(/^sha512-/);
});
