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
    return metrics;
  }
}
