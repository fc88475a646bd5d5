import type { Device } from "../../../plugins/tunnel/device-store.ts";
import { DEFAULT_BACKOFF, type LinkKind, type Target, TUNNEL_DEFAULTS, type TunnelOptions } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";
import { parseGateway } from "./gateway-address.ts";

/** Silence after which a link is given up, and the time between two signs of life on it, in ms. */
const IDLE_MS = 6_000;
const KEEP_ALIVE_MS = 750;

/** What a machine without a certificate has in its place. */
const NO_IDENTITY = { key: "", cert: "", ca: "" };

/**
 * A tunnel as the settings want it. Without a gateway, or without a device that it would let in, it goes straight to the
 * Worker.
 *
 * @param maxAttempts in a row before it gives up
 * @param worker its address, and the key by which it knows us; absent when nobody is signed in
 */
export function tunnelOptions(
  { cloud }: Config,
  device: Device | undefined,
  clientVersion: string,
  maxAttempts: number,
  worker?: Target["worker"],
): TunnelOptions {
  const { pins, datagramBytes } = cloud;
  const byGateway = device !== undefined && cloud.gateway !== "";
  const { host, port } = byGateway ? parseGateway(cloud.gateway) : { host: worker?.url.hostname ?? "", port: 0 };
  return {
    ...TUNNEL_DEFAULTS,
    links: linksFor(cloud.link, byGateway, worker !== undefined),
    policy: { ...DEFAULT_BACKOFF, maxAttempts },
    deviceId: device?.deviceId ?? "",
    clientVersion,
    target: async () => ({
      host,
      port,
      serverName: host,
      identity: device?.identity ?? NO_IDENTITY,
      pins,
      datagramBytes,
      idleMs: IDLE_MS,
      keepAliveMs: KEEP_ALIVE_MS,
      ...(worker && { worker }),
    }),
  };
}

/** The kinds that can work here, of those that the settings allow; none where there is no way. */
function linksFor(link: Config["cloud"]["link"], byGateway: boolean, byWorker: boolean): readonly LinkKind[] {
  const possible: LinkKind[] = [...(byGateway ? TUNNEL_DEFAULTS.links : []), ...(byWorker ? (["https"] as const) : [])];
  return link === "auto" ? possible : possible.filter((kind) => kind === link);
}
