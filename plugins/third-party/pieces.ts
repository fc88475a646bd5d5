/** A text that a plugin writes piece by piece. */
import { SandboxFault } from "./fault.ts";

export type OnPiece = (text: string) => void | Promise<void>;

/** Longest text, in UTF-16 code units. */
export const MAX_TEXT = 4_000_000;

/**
 * What a plugin's `generate` has given: a whole answer, which is returned as it is, or an async generator of texts, which
 * are told one by one. What that one returns at its end is then the answer, without text.
 *
 * @throws SandboxFault when a piece is no text, or they are too long together
 */
export async function inPieces(given: unknown, onPiece: OnPiece): Promise<unknown> {
  if (!isGenerator(given)) return given;
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await given.next();
      if (done) return { ...(value as object | undefined), text: "" };
      if (typeof value !== "string") throw new SandboxFault("wrote a piece that is no text");
      length += value.length;
      if (length > MAX_TEXT) throw new SandboxFault("writes without end");
      if (value) await onPiece(value);
    }
  } finally {
    void given.return(undefined).catch(() => {}); // one that was left in the middle may have something to close
  }
}

function isGenerator(given: unknown): given is AsyncGenerator {
  return typeof given === "object" && given !== null && Symbol.asyncIterator in given && "next" in given;
}

/** Pieces between one who writes them and one who reads them. */
export class Pieces {
  #waiting: string[] = [];
  #over = false;
  #wake = () => {};

  add(text: string): void {
    this.#waiting.push(text);
    this.#wake();
  }

  end(): void {
    this.#over = true;
    this.#wake();
  }

  async *all(): AsyncGenerator<string> {
    for (;;) {
      const ready = this.#waiting;
      this.#waiting = [];
      yield* ready;
      if (this.#waiting.length > 0) continue;
      if (this.#over) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
