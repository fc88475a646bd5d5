/**
 * The native QUIC engine: Cloudflare's quiche, as @matrixai/quic binds it. Only the binding is used. The JavaScript
 * around it costs an Error object and several promises a packet; see docs/decisions/0016.
 */
import { createRequire } from "node:module";
import type { Quiche } from "@matrixai/quic/dist/native/quiche.js";

export type { Quiche } from "@matrixai/quic/dist/native/quiche.js";
export type { Config as QuicheConfig, Connection as QuicheConnection } from "@matrixai/quic/dist/native/types.js";

/** The engine, or undefined on a platform that it was not built for. Loads a native module at the first call. */
export function loadQuiche(): Quiche | undefined {
  try {
    return (createRequire(import.meta.url)("@matrixai/quic/dist/native/quiche.js") as { default: Quiche }).default;
  } catch {
    return undefined;
  }
}
