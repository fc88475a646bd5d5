import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";
import { counted, withCounters } from "./test/lines/instrument.ts";
import { texts } from "./vitest.config.ts";

const counters: Plugin = {
  name: "counters",
  enforce: "pre",
  transform(code, file) {
    const path = counted(file);
    return path === undefined ? undefined : { code: withCounters(path, code).code, map: null };
  },
};

/** The cloud's tests, with every line counted that they run here or in workerd. */
export default defineConfig({
  plugins: [texts, counters],
  resolve: { alias: { wrangler: fileURLToPath(new URL("test/lines/harness.ts", import.meta.url)) } },
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    globalSetup: ["./test/cli/build.ts", "./test/lines/report.ts"],
    setupFiles: ["./test/lines/keep-counts.ts"],
    include: ["cloud/**/*.test.ts"],
    exclude: ["**/*.workerd.test.ts", "node_modules/**"],
    disableConsoleIntercept: true,
  },
});
