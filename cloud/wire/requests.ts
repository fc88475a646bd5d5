/** Which message is answered by which, and which requests may be sent twice without harm. */
import type { FrameName } from "./frame-types.ts";

/** Version of the protocol: of frames, their numbers and who answers what. */
export const PROTOCOL_VERSION = 1;
/** The oldest version that this one can still speak. */
export const OLDEST_PROTOCOL_VERSION = 1;

interface RequestKind {
  readonly answer: FrameName;
  /** What comes instead, many times, when the request asks for a stream. */
  readonly stream?: FrameName;
  /** Doing it twice is doing it once, by what the message itself says. Others need an idempotency key. */
  readonly repeatable: boolean;
}

export const REQUESTS = {
  hello: { answer: "helloAck", repeatable: true },
  heartbeat: { answer: "heartbeatAck", repeatable: true },
  prewarmSignal: { answer: "prewarmAck", repeatable: true },
  escalationRequest: { answer: "escalationResponse", stream: "streamChunk", repeatable: true },
  usageSyncRequest: { answer: "usageSyncResponse", repeatable: true },
  loraRequest: { answer: "loraResponse", repeatable: false },
  collaborationRequest: { answer: "collaborationResponse", repeatable: false },
  renewalRequest: { answer: "renewalResponse", repeatable: true },
} as const satisfies Partial<Record<FrameName, RequestKind>>;

export type RequestName = keyof typeof REQUESTS;

export function isRequest(name: FrameName): name is RequestName {
  return Object.hasOwn(REQUESTS, name);
}

/** Media type of frames over HTTP. */
export const FRAMES_CONTENT = "application/x-superinstance-frames";

/** Where the Worker takes requests of this name, as POST. */
export function requestPath(name: RequestName): string {
  return `/v1/tunnel/${name}`;
}
