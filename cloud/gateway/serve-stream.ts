import type { Duplex } from "node:stream";
import { FrameStream } from "../../plugins/tunnel/link/frame-stream.ts";
import { encodeFrame, type Frame, FrameDecoder, WireError } from "../wire/frames.ts";
import { ErrorCode } from "../wire/generated/cloud_pb.js";
import { decodeMessage, encodeMessage } from "../wire/messages.ts";
import { isRequest, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, REQUESTS, type RequestName } from "../wire/requests.ts";
import type { Upstream } from "./forward.ts";
import type { Device } from "./identify.ts";
import type { DeviceUse, Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { Refused } from "./refuse.ts";

/** What a stream needs of the gateway it came to. */
export interface StreamContext {
  readonly gatewayId: string;
  readonly device: Device;
  readonly use: DeviceUse;
  readonly limits: Limits;
  readonly upstream: Upstream;
  readonly metrics: Metrics;
  /** Whether this device may still do anything. @throws Refused */
  readonly checkDevice: () => void;
}

/** Answers one stream of a device: its hello here, everything else by the Worker. */
export async function serveStream(duplex: Duplex, context: StreamContext): Promise<void> {
  const stream = new FrameStream(duplex);
  const started = performance.now();
  const gone = new AbortController();
  stream.onClose(() => gone.abort());
  const { stalledMs } = context.limits;
  const late = setTimeout(() => stream.abort("no request came"), stalledMs).unref();
  let name: RequestName | "unknown" = "unknown";
  let outcome = "ok";
  try {
    context.checkDevice();
    const frames = admitted(stream.frames(), context);
    const { head, first } = await readHead(frames);
    clearTimeout(late);
    if (!isRequest(first.name)) throw new Refused(ErrorCode.INVALID, `${first.name} is no request`);
    name = first.name;
    if (first.name === "hello") stream.finish(helloAck(first, context));
    else await relay(stream, { name: first.name, first, rest: frames, key: head, signal: gone.signal }, context);
  } catch (error) {
    const refused = asRefused(error, gone.signal.aborted);
    outcome = refused ? ErrorCode[refused.told.code].toLowerCase() : "gone";
    if (refused && !stream.closed) stream.finish(encodeMessage("error", refused.told));
    context.metrics.add("refused_total", { reason: outcome });
  } finally {
    clearTimeout(late);
    stream.discard(stalledMs);
    context.metrics.add("requests_total", { name, outcome });
    context.metrics.observe("request_seconds", (performance.now() - started) / 1000);
  }
}

interface Relayed {
  readonly name: RequestName;
  readonly first: Frame;
  readonly rest: AsyncGenerator<Frame>;
  readonly key: string;
  readonly signal: AbortSignal;
}

async function relay(stream: FrameStream, { name, first, rest, key, signal }: Relayed, context: StreamContext): Promise<void> {
  const wait = context.use.admit(performance.now());
  if (wait > 0) throw new Refused(ErrorCode.RATE_LIMITED, "too many requests", { retryAfterMs: wait });
  const started = performance.now();
  const { device, metrics, upstream } = context;
  const { userId, deviceId } = device;
  const answer = await upstream.forward({ name, device: { userId, deviceId }, idempotencyKey: key, body: bytesOf(first, rest), signal });
  metrics.observe("upstream_seconds", (performance.now() - started) / 1000);
  const decoder = new FrameDecoder();
  for await (const bytes of answer as AsyncIterable<Uint8Array>) {
    metrics.add("response_bytes_total", {}, bytes.length);
    for (const frame of decoder.push(bytes)) {
      // The end travels with the last frame: alone it would be a packet more, which comes later or gets lost.
      if (isLast(name, frame)) stream.finish(encodeFrame(frame));
      else await stream.send(encodeFrame(frame), context.limits.stalledMs);
    }
  }
  decoder.end();
  stream.finish();
}

function isLast(name: RequestName, frame: Frame): boolean {
  if (frame.name !== "streamChunk") return frame.name === REQUESTS[name].answer || frame.name === "error";
  const { chunk } = decodeMessage("streamChunk", frame);
  return chunk.case === "end" || chunk.case === "error";
}

async function* bytesOf(first: Frame, rest: AsyncGenerator<Frame>): AsyncGenerator<Uint8Array> {
  yield encodeFrame(first);
  for await (const frame of rest) yield encodeFrame(frame);
}

/** Counts what a request brings against the limits of its device. */
async function* admitted(frames: AsyncGenerator<Frame>, { use, limits, metrics }: StreamContext): AsyncGenerator<Frame> {
  let held = 0;
  try {
    for await (const frame of frames) {
      held += frame.payload.length;
      use.held += frame.payload.length;
      metrics.add("request_bytes_total", {}, frame.payload.length);
      if (held > limits.requestBytes) throw new Refused(ErrorCode.TOO_LARGE, "the request is too large");
      if (use.held > limits.heldBytes) throw new Refused(ErrorCode.RATE_LIMITED, "too much is under way", { retryAfterMs: 500 });
      yield frame;
    }
  } finally {
    use.held -= held;
  }
}

/** The first frame, and the idempotency key that may come before it. */
async function readHead(frames: AsyncGenerator<Frame>): Promise<{ head: string; first: Frame }> {
  const first = await nextFrame(frames);
  if (first.name !== "requestHead") return { head: "", first };
  const { idempotencyKey } = decodeMessage("requestHead", first);
  if (!/^[\w.:-]{0,128}$/.test(idempotencyKey)) throw new Refused(ErrorCode.INVALID, "the idempotency key is not valid");
  return { head: idempotencyKey, first: await nextFrame(frames) };
}

async function nextFrame(frames: AsyncGenerator<Frame>): Promise<Frame> {
  const { value, done } = await frames.next();
  if (done) throw new Refused(ErrorCode.INVALID, "the stream ended without a request");
  return value;
}

function helloAck(frame: Frame, { gatewayId, device, limits }: StreamContext): Uint8Array {
  const hello = decodeMessage("hello", frame);
  if (hello.oldestProtocol > PROTOCOL_VERSION || hello.protocol < OLDEST_PROTOCOL_VERSION)
    throw new Refused(ErrorCode.VERSION, `this gateway speaks versions ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}`);
  if (hello.deviceId !== device.deviceId) throw new Refused(ErrorCode.FORBIDDEN, "the certificate is of another device");
  return encodeMessage("helloAck", {
    protocol: Math.min(hello.protocol, PROTOCOL_VERSION),
    deviceId: device.deviceId,
    userId: device.userId,
    gatewayId,
    maxStreams: limits.streams,
    maxRequestBytes: limits.requestBytes,
  });
}

/** Undefined when the device itself is gone, and nobody needs to be told. */
function asRefused(error: unknown, gone: boolean): Refused | undefined {
  if (error instanceof Refused) return error;
  if (error instanceof WireError) return new Refused(ErrorCode.INVALID, error.message);
  return gone ? undefined : new Refused(ErrorCode.UNAVAILABLE, "the answer broke off", { notProcessed: false });
}
