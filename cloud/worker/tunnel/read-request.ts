import { type Frame, FrameDecoder, WireError } from "../../wire/frames.ts";
import { decodeMessage, type MessageOf } from "../../wire/messages.ts";
import type { RequestName } from "../../wire/requests.ts";
import { CloudError } from "../errors.ts";

export interface TunnelRequest<N extends RequestName> {
  readonly message: MessageOf<N>;
  /** "" when the request has none. */
  readonly idempotencyKey: string;
}

/**
 * A request in frames: one of that name, which a head may come before.
 *
 * @param key of the HTTP header; the head's must be the same
 * @throws CloudError invalid_request
 */
export function readRequest<N extends RequestName>(name: N, body: Uint8Array, key: string): TunnelRequest<N> {
  try {
    const frames = readFrames(body);
    const head = frames[0]?.name === "requestHead" ? frames.shift() : undefined;
    const idempotencyKey = head ? decodeMessage("requestHead", head).idempotencyKey : key;
    const [frame, ...more] = frames;
    if (!frame || more.length > 0) throw new CloudError("invalid_request", "One request is needed.");
    if (idempotencyKey !== key || !/^[\w.:-]{0,128}$/.test(key)) throw new CloudError("invalid_request", "The idempotency key.");
    return { message: decodeMessage(name, frame), idempotencyKey };
  } catch (error) {
    if (error instanceof WireError) throw new CloudError("invalid_request", `The frames: ${error.fault}.`);
    throw error;
  }
}

function readFrames(body: Uint8Array): Frame[] {
  const decoder = new FrameDecoder();
  const frames = [...decoder.push(body)];
  decoder.end();
  return frames;
}
