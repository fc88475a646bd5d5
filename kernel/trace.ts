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

/** One request to the generator, as it is kept: what it took, never what was said. */
export interface Thought {
  readonly agent: string;
  readonly phase: "propose" | "judge";
  readonly round: number;
  readonly model: string;
  readonly ms: number;
  readonly tokens: { readonly in: number; readonly out: number };
  /** Bytes that the model's process held, where that is known. */
  readonly memory?: number;
  readonly cached?: boolean;
  /** The code of the error with which it ended. */
  readonly fault?: string;
}

/** The record of who did what, kept beside one question. */
export class Trace {
  readonly events: TraceEvent[] = [];
  readonly thoughts: Thought[] = [];
  readonly #began = performance.now();

  #mark = 0;

  now(): number {
    return performance.now() - this.#began;
  }

  /** When the next tap begins, where it follows at once on what was recorded last: the clock costs more than most taps do. */
  get mark(): number {
    return this.#mark;
  }

  /** Notes that something begins now. */
  begin(): void {
    this.#mark = this.now();
  }

  record(hook: string, plugin: string, at: number, fault?: string): void {
    this.begin();
    const ms = this.#mark - at;
    this.events.push(fault === undefined ? { hook, plugin, at, ms } : { hook, plugin, at, ms, fault });
  }

  /** The plugins that were left out of a step, and why. */
  faults(): TraceEvent[] {
    return this.events.filter((event) => event.fault !== undefined);
  }
}
