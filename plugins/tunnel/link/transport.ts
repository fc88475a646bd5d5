/** What carries streams of bytes between a device and the cloud; everything above it is the same for all kinds. */
import type { Duplex } from "node:stream";

export type LinkKind = "quic" | "h2" | "https";

/**
 * Why a transport ended. `closed`: by one of the two sides, in order. `refused`: one side does not accept the other's
 * certificate. `silent`: nothing came for too long. `lost`: the network, or the other process, is gone.
 */
export interface TransportEnd {
  readonly reason: "closed" | "refused" | "silent" | "lost";
  readonly detail: string;
}

export interface Transport {
  readonly kind: LinkKind;
  /** A new stream, or undefined while the other side allows no more. */
  open(): Duplex | undefined;
  /** Called whenever another stream may be possible. */
  onRoom(listener: () => void): void;
  /** Resolves once, when no stream works any longer. */
  readonly ended: Promise<TransportEnd>;
  /** Bytes since it was opened, as far as the kind can tell. */
  traffic(): { readonly sent: number; readonly received: number };
  close(): void;
}

/** Where a gateway, or a Worker, is, and who we are to it. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** The DNS name that its certificate must carry. */
  readonly serverName: string;
  /** PEM: our key and certificate, and the CAs that its certificate must lead to. */
  readonly identity: { readonly key: string; readonly cert: string; readonly ca: string };
  /** SHA-256 of public keys (SPKI), base64: when there are any, the server's must be one of them. */
  readonly pins: readonly string[];
  /** Silence after which a connection is given up, and time between two signs of life, in ms. */
  readonly idleMs: number;
  readonly keepAliveMs: number;
  readonly datagramBytes: number;
  /**
   * Where there is no gateway, or none can be reached: the Worker itself (https, or http on one's own machine), and the
   * token by which it knows us. `ca`: PEM, in the place of the CAs that Node trusts.
   */
  readonly worker?: { readonly url: URL; readonly token: string; readonly ca?: string };
}
