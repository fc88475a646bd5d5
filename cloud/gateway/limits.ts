/** What one device may take of a gateway. */
export interface Limits {
  /** Connections of all devices, and of one. */
  readonly connections: number;
  readonly connectionsPerDevice: number;
  /** Streams open at once on a connection. */
  readonly streams: number;
  /** Requests a second that a device may go on with, and how many it may send at once after a pause. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Bytes of one request, and of all requests of a device that the gateway holds at once. */
  readonly requestBytes: number;
  readonly heldBytes: number;
  /** A stream on which nothing moves for so long is closed, in ms. */
  readonly stalledMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  connectionsPerDevice: 8,
  streams: 64,
  requestsPerSecond: 200,
  burst: 1_000,
  requestBytes: 8 * MIB,
  heldBytes: 32 * MIB,
  stalledMs: 60_000,
};

/** A bucket that fills with time; each request takes one out. Times in ms. */
export interface Bucket {
  readonly level: number;
  readonly at: number;
}

/** The bucket after one request at `now`, or how long to wait when it is empty. */
export function takeToken(bucket: Bucket, now: number, { requestsPerSecond, burst }: Limits): Bucket | { readonly waitMs: number } {
  const level = Math.min(burst, bucket.level + ((now - bucket.at) / 1000) * requestsPerSecond);
  return level >= 1 ? { level: level - 1, at: now } : { waitMs: Math.ceil(((1 - level) / requestsPerSecond) * 1000) };
}

/** What the gateway knows of a device while it is connected. */
export class DeviceUse {
  connections = 0;
  held = 0;
  #bucket: Bucket;
  readonly #limits: Limits;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#bucket = { level: limits.burst, at: now };
  }

  /** 0 when a request may go on, else the ms to wait. */
  admit(now: number): number {
    const next = takeToken(this.#bucket, now, this.#limits);
    if ("waitMs" in next) return next.waitMs;
    this.#bucket = next;
    return 0;
  }
}
