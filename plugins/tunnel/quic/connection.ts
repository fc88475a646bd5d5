import { EventEmitter } from "node:events";
import type { Quiche, QuicheConnection } from "./quiche.ts";
import type { Address } from "./settings.ts";
import { QuicStream } from "./stream.ts";

/** Why a connection ended. `code` is of the peer's, or our own, closing; undefined after silence. */
export interface QuicEnd {
  readonly reason: "closed" | "refused" | "silent" | "lost";
  readonly code?: number;
  readonly detail: string;
}

interface Events {
  /** The handshake is done; as a client this does not mean that the server accepts our certificate. */
  secured: [];
  stream: [QuicStream];
  /** Another stream may be possible now. */
  room: [];
  end: [QuicEnd];
  /** Nothing more will be sent: forget the connection. */
  gone: [];
}

const SCRATCH = new Uint8Array(64 * 1024);
/** With this code an application closes a connection whose certificate it does not accept. */
export const CERTIFICATE_REFUSED = 0x11;
/** Errors of TLS are codes from 0x100 to 0x1ff. */
const isTls = (code: number) => code >= 0x100 && code <= 0x1ff;

/**
 * One QUIC connection, all of it synchronous: `receive` takes a datagram, `flush` gives what is to be sent. One flush
 * follows everything that was done in the same turn of the event loop, so small writes share a packet.
 */
export class QuicConnection extends EventEmitter<Events> {
  readonly native: QuicheConnection;
  readonly #quiche: Quiche;
  readonly #local: Address;
  /** Where the other side was at first: all that the engine is told. */
  readonly #peer: Address;
  /** Where it is now. */
  #peerNow: Address;
  readonly #send: (datagram: Uint8Array, to: Address) => void;
  readonly #datagramBytes: number;
  readonly #streams = new Map<number, QuicStream>();
  /** Streams of the peer that must exist, since a later one does, and of which nothing has come yet. */
  readonly #skipped = new Set<number>();
  readonly #client: boolean;
  #nextOwn: number;
  #nextPeer: number;
  #secured = false;
  #end: QuicEnd | undefined;
  #gone = false;
  #scheduled = false;
  /** An end has been written that may not have been sent. */
  #endDue = false;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;

  constructor(
    quiche: Quiche,
    native: QuicheConnection,
    options: { client: boolean; local: Address; peer: Address; datagramBytes: number; send: (datagram: Uint8Array, to: Address) => void },
  ) {
    super();
    this.#quiche = quiche;
    this.native = native;
    this.#local = options.local;
    this.#peer = options.peer;
    this.#peerNow = options.peer;
    this.#send = options.send;
    this.#datagramBytes = options.datagramBytes;
    this.#client = options.client;
    this.#nextOwn = options.client ? 0 : 1;
    this.#nextPeer = options.client ? 1 : 0;
  }

  get ended(): QuicEnd | undefined {
    return this.#end;
  }

  get secured(): boolean {
    return this.#secured;
  }

  /** The certificate that the other side has shown, as DER. */
  peerCertificate(): Uint8Array | undefined {
    return this.native.peerCertChain()?.[0];
  }

  /**
   * Takes a datagram; the engine decrypts it in place. What is sent follows the other side to the address from which its
   * last good packet came. The engine is not told: quiche 0.18 keeps what was under way to an address apart, and never
   * sends it again to the next one.
   */
  receive(datagram: Uint8Array, from: Address): void {
    // quiche 0.18 drops a stream, with an end that is still to be sent, when all of its data is acknowledged before that.
    if (this.#endDue) this.flush();
    const elsewhere = this.#secured && (from.port !== this.#peerNow.port || from.host !== this.#peerNow.host);
    const packets = elsewhere ? this.native.stats().recv : 0;
    try {
      this.native.recv(datagram, { from: this.#peer, to: this.#local });
    } catch {
      // What is wrong stands in the connection's own error, which is looked at below; garbage is simply ignored.
    }
    // A packet that is copied, or made up, is not counted: nobody else can move the connection.
    if (elsewhere && this.native.stats().recv > packets) this.#peerNow = from;
    this.#workSoon();
  }

  /** Makes the other side answer, so that silence can be told from a dead line. */
  ping(): void {
    if (this.#end) return;
    this.native.sendAckEliciting();
    this.flush();
  }

  /** A new stream, or undefined when the other side allows no more now. */
  openStream(): QuicStream | undefined {
    if (this.#end || this.native.peerStreamsLeftBidi() <= 0) return undefined;
    const stream = new QuicStream(this, this.#nextOwn);
    this.#nextOwn += 4;
    this.native.streamSend(stream.id, SCRATCH.subarray(0, 0), false);
    this.#streams.set(stream.id, stream);
    return stream;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  readStream(stream: QuicStream): { chunk: Uint8Array; end: boolean } | undefined {
    try {
      const got = this.native.streamRecv(stream.id, SCRATCH);
      if (!got) return undefined;
      this.#workSoon();
      return { chunk: SCRATCH.slice(0, got[0]), end: got[1] };
    } catch (error) {
      const message = (error as Error).message;
      if (message !== "InvalidStreamState" && message !== "Done")
        stream.destroy(new Error(`the other side gave the stream up (${message})`));
      return undefined;
    }
  }

  /** How much was taken; undefined when the stream is gone. */
  writeStream(stream: QuicStream, chunk: Uint8Array, end: boolean): number | undefined {
    if (this.#end) return undefined;
    try {
      const sent = this.native.streamSend(stream.id, chunk, end) ?? 0;
      this.#endDue ||= end;
      this.#workSoon();
      return sent;
    } catch (error) {
      stream.destroy(new Error(`the other side reads no more (${(error as Error).message})`));
      return undefined;
    }
  }

  dropStream(stream: QuicStream): void {
    if (!this.#streams.delete(stream.id)) return;
    if (!this.#end) {
      if (!stream.readableEnded) this.#shutDown(stream.id, this.#quiche.Shutdown.Read);
      if (!stream.writableFinished) this.#shutDown(stream.id, this.#quiche.Shutdown.Write);
      this.#workSoon();
    }
    this.emit("room");
  }

  #shutDown(id: number, side: number): void {
    try {
      this.native.streamShutdown(id, side, 0);
    } catch {
      // It has ended by itself.
    }
  }

  /**
   * Says goodbye. Streams that are still open end with an error. A server answers stragglers for a moment more; a
   * client's socket is its own, so it goes at once.
   */
  close(code = 0, detail = ""): void {
    if (this.#end) return;
    // Closing drops what has not been sent yet.
    this.flush();
    try {
      this.native.close(true, code, new TextEncoder().encode(detail.slice(0, 200)));
    } catch {
      // Already closing.
    }
    this.#finish({ reason: "closed", code, detail: detail || "closed by us" });
    this.flush();
    if (this.#client) this.#forget();
  }

  /** The network says that nobody listens there, or nothing came for too long. */
  lose(detail: string, reason: "lost" | "silent" = "lost"): void {
    this.#finish({ reason, detail });
    this.#forget();
  }

  /** Once after all datagrams that have come in this turn of the event loop, and all that was written in it. */
  #workSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#afterEvent();
    });
  }

  /** Sends whatever is due, and sets the clock for what becomes due. */
  flush(): void {
    this.#endDue = false;
    while (!this.#gone) {
      const datagram = Buffer.allocUnsafe(this.#datagramBytes);
      const sent = this.native.send(datagram);
      if (!sent) break;
      this.#send(datagram.subarray(0, sent[0]), this.#peerNow);
    }
    this.#setTimer();
  }

  #setTimer(): void {
    if (this.#gone) return;
    if (this.native.isClosed()) {
      this.#afterClose();
      return;
    }
    const wait = this.native.timeout();
    if (wait === null) return;
    const due = performance.now() + wait + 1;
    if (this.#timer && due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due = Number.POSITIVE_INFINITY;
      this.native.onTimeout();
      this.#afterEvent();
    }, wait + 1);
  }

  #afterEvent(): void {
    if (this.#gone) return;
    if (!this.#secured && this.native.isEstablished()) {
      this.#secured = true;
      this.emit("secured");
    }
    if (this.native.isDraining() || this.native.isClosed()) this.#noticeEnd();
    else if (this.#secured) this.#serveStreams();
    this.flush();
    // The other side may have allowed more streams.
    if (!this.#end) this.emit("room");
  }

  #serveStreams(): void {
    for (const id of this.native.readable()) (this.#streams.get(id) ?? this.#accept(id))?.readMore();
    for (const id of this.native.writable()) this.#streams.get(id)?.writeMore();
    // quiche 0.18 does not call a stream readable whose end came with bytes that were sent again and had been read before.
    for (const stream of this.#streams.values()) if (stream.awaitsEnd && this.native.streamFinished(stream.id)) stream.endReading();
  }

  /** A stream that the peer has opened; undefined for one that we have closed already. */
  #accept(id: number): QuicStream | undefined {
    if ((id & 1) !== (this.#nextPeer & 1)) return undefined;
    if (id < this.#nextPeer && !this.#skipped.delete(id)) return undefined;
    for (; this.#nextPeer <= id; this.#nextPeer += 4) if (this.#nextPeer < id) this.#skipped.add(this.#nextPeer);
    const stream = new QuicStream(this, id);
    this.#streams.set(id, stream);
    this.emit("stream", stream);
    return stream;
  }

  #noticeEnd(): void {
    const error = this.native.peerError() ?? this.native.localError();
    if (error) {
      const refused = error.isApp ? error.errorCode === CERTIFICATE_REFUSED : isTls(error.errorCode);
      const detail = new TextDecoder().decode(error.reason) || `code ${error.errorCode}`;
      this.#finish({ reason: refused ? "refused" : "closed", code: error.errorCode, detail });
    } else if (this.native.isTimedOut()) this.#finish({ reason: "silent", detail: "the other side fell silent" });
    else this.#finish({ reason: "lost", detail: "the other side has forgotten the connection" });
  }

  #finish(end: QuicEnd): void {
    if (this.#end) return;
    this.#end = end;
    for (const stream of [...this.#streams.values()]) stream.destroy(new Error(end.detail));
    this.emit("end", end);
  }

  #afterClose(): void {
    this.#noticeEnd();
    this.#forget();
  }

  #forget(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.emit("gone");
  }
}
