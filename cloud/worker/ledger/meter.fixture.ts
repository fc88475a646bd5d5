import type { Meter, MeterReport } from "./send-flush.ts";

/** What becomes of a report: counted and said so, counted with the answer lost, or not counted. */
export type Fate = "counted" | "lost_answer" | "lost_request";

/** A meter in memory that keeps the provider's rules: an identifier counts once within a day, later it counts again. */
export class FakeMeter implements Meter {
  readonly counts: MeterReport[] = [];
  fate: () => Fate = () => "counted";
  readonly #now: () => number;
  readonly #seen = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async report(report: MeterReport): Promise<boolean> {
    const fate = this.fate();
    if (fate === "lost_request") return false;
    const seen = this.#seen.get(report.identifier);
    if (seen === undefined || this.#now() - seen > 24 * 3_600_000) {
      this.counts.push(report);
      this.#seen.set(report.identifier, this.#now());
    }
    return fate === "counted";
  }

  async counted(customer: string, minute: number): Promise<number | undefined> {
    if (this.fate() === "lost_request") return undefined;
    const there = this.counts.filter((count) => count.customer === customer && count.timestamp >= minute && count.timestamp < minute + 60);
    return there.reduce((sum, { cents }) => sum + cents, 0);
  }

  get cents(): number {
    return this.counts.reduce((sum, { cents }) => sum + cents, 0);
  }
}
