import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig, type Plugin } from "vitest/config";

/** Prompts are imported as texts, as the bundler does it. */
export const texts: Plugin = {
  name: "texts",
  enforce: "pre",
  load: (file) => (file.endsWith(".md") ? `export default ${JSON.stringify(readFileSync(file, "utf8"))};` : undefined),
};

/** Two projects in one run: everything in Node, and what must also hold in a Cloudflare Worker in workerd. */
export default defineConfig({
  plugins: [texts],
  test: {
    reporters: ["default", "./test/count-reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for other processes: on two cores, three files at a time take least.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          globalSetup: ["./test/cli/build.ts"],
          include: ["**/*.test.ts"],
          exclude: ["**/*.workerd.test.ts", "node_modules/**", "dist/**"],
          disableConsoleIntercept: true,
        },
      },
      {
        extends: true,
        plugins: [cloudflareTest({ miniflare: { compatibilityDate: "2026-10-01", compatibilityFlags: ["nodejs_compat"] } })],
        resolve: { alias: { superinstance: fileURLToPath(new URL("sdk/index.ts", import.meta.url)) } },
        test: { name: "workerd", include: ["**/*.workerd.test.ts"], exclude: ["node_modules/**", "dist/**"] },
      },
    ],
  },
});
