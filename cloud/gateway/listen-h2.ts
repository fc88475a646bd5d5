import { once } from "node:events";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import type { TLSSocket } from "node:tls";
import { CERTIFICATE_REFUSED, FRAMES_PATH } from "../../plugins/tunnel/link/h2.ts";
import type { Address, TlsIdentity } from "../../plugins/tunnel/quic/settings.ts";
import { FRAMES_CONTENT } from "../wire/requests.ts";
import type { Limits } from "./limits.ts";
import type { Connection, Sessions } from "./sessions.ts";

const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
const HANDSHAKE_MS = 10_000;
const IDLE_MS = 60_000;
const GOODBYE_MS = 50;

/** HTTP/2 over TLS 1.3. Who has no certificate of our CA is told so, and nothing else: Node would just hang up. */
export async function listenH2(
  { host, port }: Address,
  identity: TlsIdentity,
  limits: Limits,
  sessions: Sessions,
): Promise<Http2SecureServer> {
  const server = createSecureServer({
    ...identity,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: "TLSv1.3",
    handshakeTimeout: HANDSHAKE_MS,
    settings: { initialWindowSize: STREAM_WINDOW, maxConcurrentStreams: limits.streams, maxHeaderListSize: 8 * 1024 },
    maxSessionInvalidFrames: 10,
    unknownProtocolTimeout: HANDSHAKE_MS,
  });
  server.maxConnections = limits.connections + 1_000;
  server.on("tlsClientError", () => {});
  server.on("sessionError", () => {});
  server.on("session", (session) => serveSession(session, sessions));
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

function serveSession(session: ServerHttp2Session, sessions: Sessions): void {
  const connection: Connection = { kind: "h2", close: (reason, refused) => end(session, refused ? CERTIFICATE_REFUSED : 0, reason) };
  session.on("error", () => {});
  session.once("close", () => sessions.leave(connection));
  session.setLocalWindowSize(CONNECTION_WINDOW);
  session.setTimeout(IDLE_MS, () => session.destroy());
  const socket = session.socket as TLSSocket;
  const serve = sessions.enter(connection, socket.authorized ? socket.getPeerX509Certificate()?.raw : undefined);
  session.on("stream", (stream, headers) => {
    const wanted = headers[":path"] === FRAMES_PATH && headers[":method"] === "POST";
    if (!serve || !wanted) {
      stream.on("error", () => {}).respond({ ":status": serve ? 404 : 403 }, { endStream: true });
      return;
    }
    stream.respond({ ":status": 200, "content-type": FRAMES_CONTENT });
    serve(stream);
  });
}

/** Says goodbye and why, and is gone a moment later; closing at once would drop the reason. */
function end(session: ServerHttp2Session, code: number, reason: string): void {
  if (session.destroyed) return;
  session.goaway(code, 0, Buffer.from(reason));
  setTimeout(() => session.destroy(), GOODBYE_MS);
}
