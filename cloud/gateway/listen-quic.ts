import { CERTIFICATE_REFUSED } from "../../plugins/tunnel/quic/connection.ts";
import { QuicListener } from "../../plugins/tunnel/quic/endpoint.ts";
import { loadQuiche } from "../../plugins/tunnel/quic/quiche.ts";
import { type Address, QUIC_DEFAULTS, type TlsIdentity } from "../../plugins/tunnel/quic/settings.ts";
import type { Limits } from "./limits.ts";
import type { Connection, Sessions } from "./sessions.ts";

/** Handshakes under way at once; more are not answered, and those clients take HTTP/2. */
const MAX_HANDSHAKES = 1_000;

/** Undefined where there is no build of QUIC: the gateway then speaks HTTP/2 only. */
export async function listenQuic(
  address: Address,
  identity: TlsIdentity,
  limits: Limits,
  sessions: Sessions,
): Promise<QuicListener | undefined> {
  const quiche = loadQuiche();
  return (
    quiche &&
    QuicListener.listen(quiche, {
      ...address,
      identity,
      settings: { ...QUIC_DEFAULTS, maxStreams: limits.streams },
      maxConnections: limits.connections,
      maxHandshakes: MAX_HANDSHAKES,
      onConnection: (quic) => {
        const connection: Connection = { kind: "quic", close: (reason, refused) => quic.close(refused ? CERTIFICATE_REFUSED : 0, reason) };
        quic.once("secured", () => {
          const serve = sessions.enter(connection, quic.peerCertificate());
          if (serve) quic.on("stream", serve);
        });
        quic.once("end", () => sessions.leave(connection));
      },
    })
  );
}
