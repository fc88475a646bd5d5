/** What the council itself takes, in this process and warm: a deliberation beyond retrieval, and the consensus alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose } from "../../bin/services/compose.ts";
import { loadConfig } from "../../bin/services/config.ts";
import { addToVault } from "../../bin/services/knowledge.ts";
import { ProgressLine } from "../../bin/services/progress.ts";
import type { Kernel, Vote } from "../../kernel/index.ts";
import { Trace } from "../../kernel/index.ts";
import { ask } from "../../pipeline/ask.ts";
import { documentationQuestions } from "../eval/run-documentation.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const DOCS = join(import.meta.dirname, "../../docs");

/** The first questions find code that is not compiled yet. */
const WARM_UP = 10;

export async function benchCouncil(): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), "synesis-bench-"));
  const config = loadConfig(home);
  const { kernel } = await compose(home, config, "council");
  try {
    const signal = new AbortController().signal;
    await addToVault({ home, config, kernel, thinking: "none", notices: [], signal }, [DOCS], new ProgressLine(true));
    const { council, retrieval, routing } = config;
    const request = { session: "bench", filter: { within: [] }, topK: retrieval.topK, routing, ...council };
    const deliberations: number[] = [];
    let votes: readonly Vote[] = [];
    for (const { question } of documentationQuestions()) {
      const { result, run } = await ask(kernel, { ...request, question }, signal);
      deliberations.push(result.timings.council);
      votes = run.manifest.rounds[0]?.judged?.votes ?? votes;
    }
    return [
      {
        name: "a deliberation with all its rounds, beyond retrieval",
        peer: "50 ms",
        ratio: median(deliberations.slice(WARM_UP)) / 50,
        wanted: "at most 1",
      },
      { name: "consensus alone", peer: "1 ms", ratio: await timeConsensus(kernel, votes, signal), wanted: "at most 1" },
    ];
  } finally {
    await kernel.close();
    rmSync(home, { recursive: true });
  }
}

/** Milliseconds, the median of many. */
async function timeConsensus(kernel: Kernel, votes: readonly Vote[], signal: AbortSignal): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 1000; i++) {
    const began = performance.now();
    await kernel.hooks.consensus.promise(votes, { threshold: 0.85, maxRounds: 3 }, { signal, trace: new Trace() });
    times.push(performance.now() - began);
  }
  return median(times);
}
