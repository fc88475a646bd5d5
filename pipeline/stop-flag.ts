/**
 * A flag that a thread looks at while it works. Work is stopped by it rather than by ending the thread: a thread ended
 * inside a native computation takes the whole process with it.
 */
export class StopFlag {
  readonly shared: SharedArrayBuffer;
  readonly #cell: Int32Array;

  constructor(shared = new SharedArrayBuffer(4)) {
    this.shared = shared;
    this.#cell = new Int32Array(shared);
  }

  stop(): void {
    Atomics.store(this.#cell, 0, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#cell, 0) !== 0;
  }

  throwIfStopped(): void {
    if (this.stopped) throw new Error("stopped");
  }
}
