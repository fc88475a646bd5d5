import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Two projects in one run: everything in Node, and what must also hold in a Cloudflare Worker in workerd. */
export default defineConfig({
  test: {
    reporters: ["default", "./test/count-reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
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
        test: { name: "workerd", include: ["**/*.workerd.test.ts"], exclude: ["node_modules/**", "dist/**"] },
      },
    ],
  },
});
