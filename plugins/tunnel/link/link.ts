import type { Duplex } from "node:stream";
import type { Frame } from "../../../cloud/wire/frames.ts";
import { WireError } from "../../../cloud/wire/frames.ts";
import { decodeMessage, encodeMessage, type MessageOf } from "../../../cloud/wire/messages.ts";
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from "../../../cloud/wire/requests.ts";
import { describeError, SynesisError } from "../../../kernel/index.ts";
import { FrameStream } from "./frame-stream.ts";
import { CloudRefusal } from "./refusal.ts";
import { Slots } from "./slots.ts";
import type { LinkKind, Transport, TransportEnd } from "./transport.ts";

/** A link that broke under a request. `sent` is false when the request cannot have arrived. */
export class LinkBroken extends Error {
  override readonly name = "LinkBroken";
  readonly sent: boolean;

  constructor(sent: boolean, detail: string) {
    super(detail);
    this.sent = sent;
  }
}

export interface LinkOptions {
  readonly deviceId: string;
  readonly clientVersion: string;
  /** Requests that may wait for a stream. */
  readonly maxQueued: number;
  readonly signal: AbortSignal;
}

/** A transport on which the other side has answered: only then is it known that it accepts our certificate. */
export class Link {
  readonly kind: LinkKind;
  readonly hello: MessageOf<"helloAck">;
  /** Of the hello, in ms. */
  readonly latencyMs: number;
  readonly ended: Promise<TransportEnd>;
  readonly #transport: Transport;
  readonly #slots: Slots<Duplex>;
  #open = 0;
  #idle: (() => void) | undefined;

  /** @throws SynesisError TUNNEL_REFUSED, TUNNEL_VERSION, TUNNEL_UNREACHABLE or what the gateway says */
  static async open(transport: Transport, options: LinkOptions): Promise<Link> {
    const started = performance.now();
    const slots = new Slots<Duplex>(() => transport.open(), options.maxQueued);
    transport.onRoom(() => slots.serve());
    void transport.ended.then(({ detail }) => slots.fail(new LinkBroken(false, detail)));
    try {
      const stream = new FrameStream(await slots.get(options.signal));
      const hello = encodeMessage("hello", {
        protocol: PROTOCOL_VERSION,
        oldestProtocol: OLDEST_PROTOCOL_VERSION,
        deviceId: options.deviceId,
        clientVersion: options.clientVersion,
      });
      const answer = decodeMessage("helloAck", await exchange(stream, hello, options.signal));
      return new Link(transport, slots, answer, performance.now() - started);
    } catch (error) {
      transport.close();
      throw await explain(error, transport);
    }
  }

  private constructor(transport: Transport, slots: Slots<Duplex>, hello: MessageOf<"helloAck">, latencyMs: number) {
    this.kind = transport.kind;
    this.ended = transport.ended;
    this.hello = hello;
    this.latencyMs = latencyMs;
    this.#transport = transport;
    this.#slots = slots;
  }

  get streams(): { open: number; queued: number } {
    return { open: this.#open, queued: this.#slots.queued };
  }

  traffic(): { sent: number; received: number } {
    return this.#transport.traffic();
  }

  /** Sends `bytes`, gives the one frame that answers. @throws LinkBroken, CloudRefusal, WireError, the signal's reason */
  async request(bytes: Uint8Array, signal: AbortSignal): Promise<Frame> {
    return exchange(await this.#openStream(signal), bytes, signal);
  }

  /** Sends `bytes`, gives the frames that answer as they come. Throws as `request` does. */
  async *stream(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Frame> {
    yield* answers(await this.#openStream(signal), bytes, signal);
  }

  async #openStream(signal: AbortSignal): Promise<FrameStream> {
    const stream = new FrameStream(await this.#slots.get(signal));
    this.#open += 1;
    stream.onClose(() => {
      this.#open -= 1;
      // who waited for a stream gets this one's place in the same turn
      if (this.#open === 0) setImmediate(() => this.#open === 0 && this.#idle?.());
    });
    return stream;
  }

  /** Lets streams that are open finish, for `graceMs` at most, then closes. */
  async drain(graceMs: number): Promise<void> {
    if (this.#open > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
      await Promise.race([new Promise<void>((resolve) => (this.#idle = resolve)), late, this.ended]);
      clearTimeout(timer);
    }
    this.close();
  }

  close(): void {
    this.#transport.close();
  }
}

async function exchange(stream: FrameStream, bytes: Uint8Array, signal: AbortSignal): Promise<Frame> {
  let answer: Frame | undefined;
  for await (const frame of answers(stream, bytes, signal)) {
    if (answer) throw new WireError("not a message", "a second answer came");
    answer = frame;
  }
  if (!answer) throw new LinkBroken(true, "the stream ended without an answer");
  return answer;
}

async function* answers(stream: FrameStream, bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Frame> {
  const onAbort = () => stream.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    stream.finish(bytes);
    for await (const frame of stream.frames()) {
      if (frame.name === "error") throw new CloudRefusal(decodeMessage("error", frame));
      yield frame;
    }
  } catch (error) {
    stream.abort();
    if (signal.aborted) throw signal.reason;
    if (error instanceof CloudRefusal || error instanceof WireError) throw error;
    throw new LinkBroken(true, describeError(error));
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Why no link came about: what the transport says of its end tells more than the stream that broke. */
async function explain(error: unknown, transport: Transport): Promise<unknown> {
  if (error instanceof CloudRefusal) return error.asError("hello");
  if (!(error instanceof LinkBroken)) return error;
  const { reason, detail } = await transport.ended;
  return new SynesisError(reason === "refused" ? "TUNNEL_REFUSED" : "TUNNEL_UNREACHABLE", `(${transport.kind}: ${detail})`, {
    cause: error,
  });
}
