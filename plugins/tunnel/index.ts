/** The tunnel to the cloud: one connection that is there, comes back when it breaks, and says how it is. */
export { DEFAULT_BACKOFF } from "./backoff.ts";
export { pinOf } from "./link/pin.ts";
export type { LinkKind, Target } from "./link/transport.ts";
export { Tunnel, type TunnelOptions } from "./tunnel.ts";

/** What fits a machine at home; the address and the device are the caller's. */
export const TUNNEL_DEFAULTS = {
  links: ["quic", "h2"],
  headStartMs: 400,
  timeoutMs: 2_500,
  againMs: 15_000,
  bulkBytes: 256 * 1024,
  maxQueued: 10_000,
  requestTimeoutMs: 30_000,
} as const;
