import type { Duplex } from "node:stream";
import { ErrorCode } from "../wire/generated/cloud_pb.js";
import type { Upstream } from "./forward.ts";
import { type Device, identify } from "./identify.ts";
import { DeviceUse, type Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { Refused } from "./refuse.ts";
import { type StreamContext, serveStream } from "./serve-stream.ts";

/** One connection, of either kind, as far as the gateway cares. */
export interface Connection {
  readonly kind: "quic" | "h2";
  /** @param refused the device's certificate is the reason */
  close(reason: string, refused?: boolean): void;
}

interface Shared {
  readonly gatewayId: string;
  readonly limits: Limits;
  readonly upstream: Upstream;
  readonly isRevoked: (device: Device) => boolean;
}

/** Everybody who is connected. Nothing here outlives its connection, and no other gateway needs to know it. */
export class Sessions {
  readonly #shared: Shared;
  readonly #metrics: Metrics;
  readonly #devices = new Map<string, DeviceUse>();
  readonly #open = new Map<Connection, Device>();
  #streams = 0;
  #draining = false;
  #idle: (() => void) | undefined;

  constructor(shared: Shared, metrics: Metrics) {
    this.#shared = shared;
    this.#metrics = metrics;
  }

  get connections(): number {
    return this.#open.size;
  }

  get streams(): number {
    return this.#streams;
  }

  /**
   * Lets a connection in, or closes it with the reason. Gives what serves its streams.
   *
   * @param certificate of the other side, DER; undefined when it has none that leads to our CA and is valid today
   */
  enter(connection: Connection, certificate: Uint8Array | undefined): ((stream: Duplex) => void) | undefined {
    const device = certificate && identify(certificate);
    if (!device) return this.#turnAway(connection, "the certificate is not one of a device", true);
    if (this.#shared.isRevoked(device)) return this.#turnAway(connection, "the certificate was revoked", true);
    if (this.#open.size >= this.#shared.limits.connections) return this.#turnAway(connection, "the gateway is full");
    const use = this.#useOf(device);
    if (use.connections >= this.#shared.limits.connectionsPerDevice)
      return this.#turnAway(connection, "too many connections of this device");
    use.connections += 1;
    this.#open.set(connection, device);
    this.#metrics.add("connections_total", { kind: connection.kind });
    const context = { ...this.#shared, device, use, metrics: this.#metrics, checkDevice: () => this.#check(device) };
    return (stream) => void this.#serve(stream, context);
  }

  leave(connection: Connection): void {
    const device = this.#open.get(connection);
    if (!device) return;
    this.#open.delete(connection);
    const use = this.#useOf(device);
    use.connections -= 1;
    if (use.connections === 0) this.#devices.delete(keyOf(device));
  }

  /** Closes the connections of devices that have been revoked meanwhile. */
  dropRevoked(): void {
    for (const [connection, device] of this.#open)
      if (this.#shared.isRevoked(device)) connection.close("the certificate was revoked", true);
  }

  /** Takes no new requests; resolves when those under way are answered. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#idle = resolve;
      if (this.#streams === 0) resolve();
    });
  }

  closeAll(reason: string): void {
    for (const connection of this.#open.keys()) connection.close(reason);
  }

  async #serve(stream: Duplex, context: StreamContext): Promise<void> {
    this.#streams += 1;
    stream.once("close", () => {
      this.#streams -= 1;
      if (this.#streams === 0) this.#idle?.();
    });
    await serveStream(stream, context);
  }

  #check(device: Device): void {
    if (this.#draining) throw new Refused(ErrorCode.DRAINING, "this gateway stops", { retryAfterMs: 50 });
    if (Date.now() > device.expires) throw new Refused(ErrorCode.UNAUTHENTICATED, "the device's certificate has expired");
    if (this.#shared.isRevoked(device)) throw new Refused(ErrorCode.UNAUTHENTICATED, "the device's certificate was revoked");
  }

  #useOf(device: Device): DeviceUse {
    const key = keyOf(device);
    const use = this.#devices.get(key) ?? new DeviceUse(this.#shared.limits, performance.now());
    this.#devices.set(key, use);
    return use;
  }

  #turnAway(connection: Connection, reason: string, refused = false): undefined {
    this.#metrics.add("refused_total", { reason: reason.replaceAll(" ", "_") });
    connection.close(reason, refused);
  }
}

const keyOf = ({ userId, deviceId }: Device) => `${userId}/${deviceId}`;
