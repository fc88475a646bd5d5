const EVERY_MS = 100;

/** One line on stderr that is rewritten as work goes on; silent when stderr is not a terminal or `quiet`. */
export class ProgressLine {
  readonly #live: boolean;
  #last = 0;

  constructor(quiet: boolean) {
    this.#live = !quiet && process.stderr.isTTY === true;
  }

  show(text: string): void {
    const now = performance.now();
    if (!this.#live || now - this.#last < EVERY_MS) return;
    this.#last = now;
    process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  clear(): void {
    if (this.#live && this.#last > 0) process.stderr.write("\r\u001b[2K");
  }
}
