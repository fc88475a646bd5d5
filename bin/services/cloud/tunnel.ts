import type { Device } from "../../../plugins/tunnel/device-store.ts";
import { DEFAULT_BACKOFF, TUNNEL_DEFAULTS, type TunnelOptions } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";
import { parseGateway } from "./gateway-address.ts";

/** Silence after which a link is given up, and the time between two signs of life on it, in ms. */
const IDLE_MS = 6_000;
const KEEP_ALIVE_MS = 750;

/** A tunnel as the settings want it. @param maxAttempts in a row before it gives up */
export function tunnelOptions({ cloud }: Config, device: Device, clientVersion: string, maxAttempts: number): TunnelOptions {
  const { host, port } = parseGateway(cloud.gateway);
  const { pins, datagramBytes } = cloud;
  return {
    ...TUNNEL_DEFAULTS,
    links: cloud.link === "auto" ? TUNNEL_DEFAULTS.links : [cloud.link],
    policy: { ...DEFAULT_BACKOFF, maxAttempts },
    deviceId: device.deviceId,
    clientVersion,
    target: async () => ({
      host,
      port,
      serverName: host,
      identity: device.identity,
      pins,
      datagramBytes,
      idleMs: IDLE_MS,
      keepAliveMs: KEEP_ALIVE_MS,
    }),
  };
}
