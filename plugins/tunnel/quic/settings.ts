import type { Quiche, QuicheConfig } from "./quiche.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Who we are and whom we trust, as PEM. */
export interface TlsIdentity {
  readonly key: string;
  /** The certificate, followed by those between it and the CA. */
  readonly cert: string;
  /** The CAs that the other side's certificate must lead to. */
  readonly ca: string;
}

export interface QuicSettings {
  /** Silence after which a connection is given up, in ms. */
  readonly idleMs: number;
  /** Streams that the other side may have open at once. */
  readonly maxStreams: number;
  /** Bytes of one datagram. 1350 passes everywhere; more is faster on networks that carry it. */
  readonly datagramBytes: number;
}

export const QUIC_DEFAULTS: QuicSettings = { idleMs: 6_000, maxStreams: 128, datagramBytes: 1350 };

/** Name of the protocol in the handshake; its number changes when the frames do. */
export const ALPN = "synesis/1";

const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
const SIGNATURES = "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ed25519:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512";
const pem = (text: string) => new TextEncoder().encode(text);

/** Both sides must show a certificate; the engine checks its chain, dates and (as a client) the server's name. */
export function quicheConfig(quiche: Quiche, identity: TlsIdentity, settings: QuicSettings): QuicheConfig {
  const config = quiche.Config.withBoringSslCtx(true, false, pem(identity.ca), [pem(identity.key)], [pem(identity.cert)], SIGNATURES);
  config.setApplicationProtos([ALPN]);
  config.setMaxIdleTimeout(settings.idleMs);
  config.setMaxRecvUdpPayloadSize(65_527);
  config.setMaxSendUdpPayloadSize(settings.datagramBytes);
  config.setInitialMaxData(CONNECTION_WINDOW);
  config.setInitialMaxStreamDataBidiLocal(STREAM_WINDOW);
  config.setInitialMaxStreamDataBidiRemote(STREAM_WINDOW);
  config.setInitialMaxStreamDataUni(0);
  config.setInitialMaxStreamsBidi(settings.maxStreams);
  config.setInitialMaxStreamsUni(0);
  config.setMaxStreamWindow(4 * STREAM_WINDOW);
  config.setMaxConnectionWindow(2 * CONNECTION_WINDOW);
  config.setActiveConnectionIdLimit(4);
  config.setDisableActiveMigration(false);
  // The engine would ask for delays between packets that the binding cannot tell us.
  config.enablePacing(false);
  return config;
}
