// Counts, in a process that a test starts, the lines of cloud/ that it runs; loaded before all else.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { counted, withCounters } from "./instrument.ts";
import { keepCounts } from "./worker-tree.ts";

registerHooks({
  load(url, context, next) {
    const path = url.startsWith("file:") ? counted(fileURLToPath(url)) : undefined;
    if (path === undefined) return next(url, context);
    const source = withCounters(path, readFileSync(fileURLToPath(url), "utf8")).code;
    return { format: "module", source, shortCircuit: true };
  },
});
process.once("exit", () => keepCounts(globalThis.__coverage__));
