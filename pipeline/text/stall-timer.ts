/** Tells when somebody who should be heard from was silent for longer than is allowed at that moment. */
export class StallTimer {
  readonly #tell: (ms: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (ms: number) => void) {
    this.#tell = tell;
  }

  /** Something was heard: from now on, so many milliseconds of silence are allowed. */
  allow(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(ms), ms);
  }

  /** Nothing is waited for. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
