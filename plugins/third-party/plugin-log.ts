/** Lines that a plugin may log in one call, and characters of one line. */
const MAX_LINES = 20;
const MAX_LENGTH = 500;

/** The console that a plugin is given: bounded, and kept for its author instead of printed. */
export class PluginLog {
  #lines: string[] = [];
  #dropped = 0;

  readonly console: Readonly<Record<"debug" | "log" | "info" | "warn" | "error", (...args: unknown[]) => void>>;

  constructor() {
    const write = (...args: unknown[]) => this.#write(args);
    this.console = { debug: write, log: write, info: write, warn: write, error: write };
  }

  /** What was logged since the last time. */
  take(): string[] {
    const lines = this.#dropped > 0 ? [...this.#lines, `… ${this.#dropped} more lines`] : this.#lines;
    this.#lines = [];
    this.#dropped = 0;
    return lines;
  }

  #write(args: readonly unknown[]): void {
    if (this.#lines.length >= MAX_LINES) this.#dropped++;
    else this.#lines.push(args.map(shown).join(" ").slice(0, MAX_LENGTH));
  }
}

function shown(value: unknown): string {
  if (typeof value === "string") return value.slice(0, MAX_LENGTH);
  try {
    return (JSON.stringify(value) ?? typeof value).slice(0, MAX_LENGTH);
  } catch {
    return "?";
  }
}
