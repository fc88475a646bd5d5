import type { Reporter, TestCase } from "vitest/node";

/** Ends a run with the count on a line of its own, in a form that any log reader understands. */
export default class CountReporter implements Reporter {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state === "passed") this.#passed++;
    else if (state === "failed") this.#failed++;
    else this.#skipped++;
  }

  onTestRunEnd(_modules: unknown, errors: readonly unknown[]): void {
    const failed = this.#failed + errors.length;
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : "";
    process.stdout.write(`\n${this.#passed} passed, ${failed} failed${skipped}\n`);
  }
}
