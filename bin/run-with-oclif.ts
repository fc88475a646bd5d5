import type { Interfaces } from "@oclif/core";
import { Config } from "@oclif/core/config";
import { run } from "@oclif/core/run";

/** The whole of oclif: help, completion, and what to say when a command does not exist. */
export async function runWithOclif(argv: string[], { root, pjson }: { root: string; pjson: Interfaces.PJSON }): Promise<void> {
  await run(argv, await Config.load({ root, pjson }));
}
