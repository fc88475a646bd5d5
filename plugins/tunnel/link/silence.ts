/**
 * How long the other side has said nothing, counted in beats and not by the clock: a process that was held up itself
 * reads what came meanwhile between two beats, and does not take its own pause for the other's.
 */
export class Silence {
  readonly #beatMs: number;
  #received = 0;
  #beats = 0;

  /** @param beatMs time between two calls of `beat` */
  constructor(beatMs: number) {
    this.#beatMs = beatMs;
  }

  /** @param received what has come so far, in any unit. Gives the silence in ms */
  beat(received: number): number {
    this.#beats = received > this.#received ? 0 : this.#beats + 1;
    this.#received = received;
    return this.#beats * this.#beatMs;
  }
}
