import type { Duplex } from "node:stream";
import { type Frame, FrameDecoder } from "../../../cloud/wire/frames.ts";

/** Frames over a stream of bytes, at the pace of whoever reads them. */
export class FrameStream {
  readonly #duplex: Duplex;

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
    // Whoever reads or writes gets the error; without a listener it would end the process.
    duplex.on("error", () => {});
  }

  /**
   * Sends frames that are bytes already; resolves when there is room for more.
   *
   * @throws Error when the stream is gone, or nothing was taken for `stallMs`
   */
  async send(bytes: Uint8Array, stallMs: number): Promise<void> {
    const duplex = this.#duplex;
    if (duplex.destroyed) throw new Error("the stream was closed");
    if (duplex.write(bytes)) return;
    const stalled = setTimeout(() => this.abort("nothing was read for too long"), stallMs);
    try {
      await new Promise<void>((resolve) => duplex.once("drain", resolve).once("close", resolve));
    } finally {
      clearTimeout(stalled);
    }
    if (duplex.destroyed) throw new Error("the stream was closed");
  }

  /** Nothing more will be sent but these last bytes. */
  finish(bytes?: Uint8Array): void {
    if (bytes) this.#duplex.end(bytes);
    else this.#duplex.end();
  }

  /** @throws WireError for bytes that are no frames; any other error when the stream broke */
  async *frames(): AsyncGenerator<Frame> {
    const decoder = new FrameDecoder();
    for await (const bytes of this.#duplex.iterator({ destroyOnReturn: false })) yield* decoder.push(bytes as Uint8Array);
    decoder.end();
  }

  /** Nothing more will be read; what still comes is dropped. The stream must be closed by then, or it is cut off. */
  discard(withinMs: number): void {
    const duplex = this.#duplex;
    if (duplex.destroyed) return;
    duplex.resume();
    const late = setTimeout(() => this.abort("not closed in time"), withinMs).unref();
    duplex.once("close", () => clearTimeout(late));
  }

  get closed(): boolean {
    return this.#duplex.destroyed;
  }

  onClose(listener: () => void): void {
    this.#duplex.once("close", listener);
  }

  abort(reason = "given up"): void {
    this.#duplex.destroy(new Error(reason));
  }
}
