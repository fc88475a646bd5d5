import type { RunMetrics } from "../../pipeline/run-log.ts";
import { BaseCommand } from "../base-command.ts";
import { count } from "../services/count.ts";
import { withRunLog } from "../services/with-run-log.ts";

export default class Metrics extends BaseCommand {
  static override summary = "Show how questions have fared: outcomes, agreement and times.";

  async run(): Promise<RunMetrics> {
    await this.parse(Metrics);
    const metrics = withRunLog((log) => log.metrics());
    const ms = (value: number | null) => (value === null ? "–" : `${Math.round(value)} ms`);
    this.log(
      `${count(metrics.runs, "question")}; half were done in ${ms(metrics.ms.p50)}, 95% in ${ms(metrics.ms.p95)}; mean score ${metrics.meanScore?.toFixed(2) ?? "–"}`,
    );
    for (const [outcome, count] of Object.entries(metrics.outcomes)) this.log(`  ${outcome.padEnd(12)} ${count}`);
    for (const line of showEscalations(metrics.escalations, ms)) this.log(line);
    return metrics;
  }
}

/** How questions to models elsewhere went: nothing where there were none. */
function showEscalations(
  { total, failed, tokens, nanoDollars, latency, firstMs }: RunMetrics["escalations"],
  ms: (value: number | null) => string,
) {
  if (total === 0) return [];
  const longest = Math.max(...latency.map(({ count }) => count));
  const bar = (count: number) => "█".repeat(Math.round((count / longest) * 30));
  return [
    `${total} of them went to a model elsewhere, ${failed} without an answer; ${tokens.in} tokens in, ${tokens.out} out, $${(nanoDollars / 1e9).toFixed(4)}; first words after ${ms(firstMs.p50)}, 95% within ${ms(firstMs.p95)}`,
    ...latency.map(
      ({ upToMs, count }) =>
        `  ${(upToMs === null ? "longer" : `≤ ${upToMs / 1000} s`).padEnd(10)}${String(count).padStart(5)}  ${bar(count)}`,
    ),
  ];
}
