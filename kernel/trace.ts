/** One thing that a plugin did, or failed to do, for a question. Holds names and times, never contents. */
export interface TraceEvent {
  readonly hook: string;
  readonly plugin: string;
  /** Milliseconds since the trace began, and how long it took. */
  readonly at: number;
  readonly ms: number;
  /** Why the plugin was left out of this step. */
  readonly fault?: string;
}

/** The record of who did what, kept beside one question. */
export class Trace {
  readonly events: TraceEvent[] = [];
  readonly #began = performance.now();

  now(): number {
    return performance.now() - this.#began;
  }

  record(hook: string, plugin: string, at: number, fault?: string): void {
    const ms = this.now() - at;
    this.events.push(fault === undefined ? { hook, plugin, at, ms } : { hook, plugin, at, ms, fault });
  }

  /** The plugins that were left out of a step, and why. */
  faults(): TraceEvent[] {
    return this.events.filter((event) => event.fault !== undefined);
  }
}
