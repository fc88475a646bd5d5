import { Duplex } from "node:stream";
import type { QuicConnection } from "./connection.ts";

/** What may be waiting in a stream before its writer has to wait, in bytes. */
const HIGH_WATER_MARK = 256 * 1024;

/** One QUIC stream as a Node stream: what cannot be sent or read yet waits in the engine, under its flow control. */
export class QuicStream extends Duplex {
  readonly id: number;
  readonly #connection: QuicConnection;
  #waiting: { chunk: Uint8Array; done: (error?: Error | null) => void } | undefined;
  #wantsData = false;
  #hasRead = false;

  constructor(connection: QuicConnection, id: number) {
    super({ readableHighWaterMark: HIGH_WATER_MARK, writableHighWaterMark: HIGH_WATER_MARK });
    this.#connection = connection;
    this.id = id;
  }

  override _read(): void {
    this.#wantsData = true;
    this.readMore();
  }

  /** The engine has data, or the end, for this stream. */
  readMore(): void {
    while (this.#wantsData && !this.destroyed) {
      const got = this.#connection.readStream(this);
      if (!got) return;
      if (got.chunk.length > 0) {
        this.#hasRead = true;
        this.#wantsData = this.push(got.chunk);
      }
      if (got.end) this.endReading();
    }
  }

  /** Whether all that the engine had was read, and an end is still to come. */
  get awaitsEnd(): boolean {
    return this.#wantsData && this.#hasRead && !this.destroyed;
  }

  /** The engine has no more for this stream, and will not say so. */
  endReading(): void {
    this.#wantsData = false;
    this.push(null);
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#waiting = { chunk, done };
    this.writeMore();
  }

  /** The engine may have room again for what waits. */
  writeMore(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    const sent = this.#connection.writeStream(this, waiting.chunk, false);
    if (sent === undefined) return;
    if (sent < waiting.chunk.length) {
      waiting.chunk = waiting.chunk.subarray(sent);
      return;
    }
    this.#waiting = undefined;
    waiting.done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.writeStream(this, new Uint8Array(0), true);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#connection.dropStream(this);
    waiting?.done(error ?? new Error("the stream was closed"));
    done(error);
  }
}
