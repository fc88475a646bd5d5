import { once } from "node:events";
import { SynesisError } from "../../../kernel/index.ts";
import type { QuicConnection, QuicEnd } from "../quic/connection.ts";
import { connectQuic } from "../quic/endpoint.ts";
import { loadQuiche } from "../quic/quiche.ts";
import { QUIC_DEFAULTS } from "../quic/settings.ts";
import { fitsPins } from "./pin.ts";
import { Silence } from "./silence.ts";
import type { Target, Transport, TransportEnd } from "./transport.ts";

/**
 * @throws SynesisError TUNNEL_UNREACHABLE where there is no build of QUIC or nobody answers, TUNNEL_SERVER_UNTRUSTED
 */
export async function openQuic(target: Target, signal: AbortSignal): Promise<Transport> {
  const quiche = loadQuiche();
  if (!quiche) throw new SynesisError("TUNNEL_UNREACHABLE", "There is no QUIC for this platform.");
  const connection = await connectQuic(quiche, {
    host: target.host,
    port: target.port,
    serverName: target.serverName,
    identity: target.identity,
    settings: { ...QUIC_DEFAULTS, idleMs: target.idleMs, datagramBytes: target.datagramBytes },
  });
  try {
    await secured(connection, signal);
    if (!fitsPins(connection.peerCertificate(), target.pins))
      throw new SynesisError("TUNNEL_SERVER_UNTRUSTED", "Its key is not the pinned one.");
  } catch (error) {
    connection.close();
    throw error;
  }
  return transportOver(connection, target);
}

async function secured(connection: QuicConnection, signal: AbortSignal): Promise<void> {
  const end = once(connection, "end", { signal }) as Promise<[QuicEnd]>;
  const first = await Promise.race([once(connection, "secured", { signal }).then(() => undefined), end.then(([reason]) => reason)]).finally(
    () => {
      end.catch(() => {});
    },
  );
  const ended = first ?? connection.ended;
  if (ended)
    throw new SynesisError(ended.reason === "refused" ? "TUNNEL_SERVER_UNTRUSTED" : "TUNNEL_UNREACHABLE", `(QUIC: ${ended.detail})`);
}

function transportOver(connection: QuicConnection, { idleMs, keepAliveMs }: Target): Transport {
  const silence = new Silence(keepAliveMs);
  const alive = setInterval(() => {
    // The engine waits for three of its probes at least, which is a minute after some slow round trips.
    if (silence.beat(connection.native.stats().recv) < idleMs) connection.ping();
    else connection.lose(`nothing came for ${idleMs / 1000} s`, "silent");
  }, keepAliveMs).unref();
  const ended = new Promise<TransportEnd>((resolve) => {
    const finish = ({ reason, detail }: QuicEnd) => {
      clearInterval(alive);
      resolve({ reason, detail });
    };
    if (connection.ended) finish(connection.ended);
    else connection.once("end", finish);
  });
  return {
    kind: "quic",
    open: () => connection.openStream(),
    onRoom: (listener) => void connection.on("room", listener),
    ended,
    traffic: () => {
      const { sentBytes, recvBytes } = connection.native.stats();
      return { sent: sentBytes, received: recvBytes };
    },
    close: () => connection.close(),
  };
}
