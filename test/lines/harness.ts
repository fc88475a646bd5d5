/** In wrangler's place while lines are counted: its harness, which starts the Worker with counters and keeps them at its end. */
import { createRequire } from "node:module";
import type { TestHarness, TestHarnessOptions } from "wrangler";
import { COUNTS_PATH, countingConfig, keepCounts } from "./worker-tree.ts";

const wrangler = createRequire(import.meta.url)("wrangler") as typeof import("wrangler");

export function createTestHarness(options: TestHarnessOptions): TestHarness {
  const workers = options.workers.map((worker) =>
    "configPath" in worker ? { ...worker, configPath: countingConfig(worker.configPath) } : worker,
  );
  const harness = wrangler.createTestHarness({ ...options, workers });
  const close = harness.close.bind(harness);
  harness.close = async () => {
    const response = await harness.fetch(COUNTS_PATH);
    if (response.headers.get("content-type")?.startsWith("application/json") && response.ok) keepCounts(await response.json());
    await close();
  };
  return harness;
}
