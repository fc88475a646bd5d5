import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { networkInterfaces } from "node:os";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { FRAMES_CONTENT } from "../../../cloud/wire/requests.ts";
import { describeError, SynesisError } from "../../../kernel/index.ts";
import { fitsPins } from "./pin.ts";
import { Silence } from "./silence.ts";
import type { Target, Transport, TransportEnd } from "./transport.ts";

/** Where frames go on the server's HTTP side. */
export const FRAMES_PATH = "/v1/frames";

const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
/** The error code of a GOAWAY to a client whose certificate is not accepted. */
export const CERTIFICATE_REFUSED = constants.NGHTTP2_INADEQUATE_SECURITY;
/** What OpenSSL says when the server does not accept our certificate, and when we do not accept its. */
const REFUSED = /_ALERT_/;
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME/;

function meaningOf(code: string): "TUNNEL_REFUSED" | "TUNNEL_SERVER_UNTRUSTED" | "TUNNEL_UNREACHABLE" {
  if (REFUSED.test(code)) return "TUNNEL_REFUSED";
  return UNTRUSTED.test(code) ? "TUNNEL_SERVER_UNTRUSTED" : "TUNNEL_UNREACHABLE";
}

/** HTTP/2 over TLS 1.3, with the same certificates as QUIC. @throws SynesisError TUNNEL_UNREACHABLE, TUNNEL_SERVER_UNTRUSTED */
export async function openH2(target: Target, signal: AbortSignal): Promise<Transport> {
  const socket = connectTls({
    host: target.host,
    port: target.port,
    servername: target.serverName,
    ...target.identity,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
  });
  try {
    await once(socket, "secureConnect", { signal });
    socket.setNoDelay(true);
    if (!fitsPins(socket.getPeerX509Certificate(), target.pins))
      throw new SynesisError("TUNNEL_SERVER_UNTRUSTED", "Its key is not the pinned one.");
  } catch (error) {
    socket.on("error", () => {}).destroy();
    if (error instanceof SynesisError || signal.aborted) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new SynesisError(meaningOf(code), `(HTTP/2: ${code || describeError(error)})`, { cause: error });
  }
  return transportOver(
    connect(`https://${target.serverName}`, {
      createConnection: () => socket,
      settings: { initialWindowSize: STREAM_WINDOW, enablePush: false },
    }),
    socket,
    target,
  );
}

function transportOver(session: ClientHttp2Session, socket: TLSSocket, { idleMs, keepAliveMs }: Target): Transport {
  session.once("connect", () => session.setLocalWindowSize(CONNECTION_WINDOW));
  const room = new Set<() => void>();
  let open = 0;
  const signs = watchLife(session, socket, idleMs, keepAliveMs);
  return {
    kind: "h2",
    open: () => {
      if (session.closed || session.destroyed || open >= (session.remoteSettings.maxConcurrentStreams ?? 100)) return undefined;
      const stream = openStream(session);
      open += 1;
      stream.once("close", () => {
        open -= 1;
        for (const listener of room) listener();
      });
      return stream;
    },
    onRoom: (listener) => void room.add(listener),
    ended: signs,
    traffic: () => ({ sent: socket.bytesWritten, received: socket.bytesRead }),
    // Closing in order would wait for streams that nobody answers, and for a goodbye that does not come over a dead network.
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

function openStream(session: ClientHttp2Session): ClientHttp2Stream {
  const stream = session.request({ ":method": "POST", ":path": FRAMES_PATH, "content-type": FRAMES_CONTENT }, { endStream: false });
  stream.once("response", (headers) => {
    if (headers[":status"] !== 200) stream.destroy(new Error(`the server answered ${headers[":status"]}`));
  });
  return stream;
}

/**
 * Pings while the connection is open, and ends it when nothing comes any more: at once where nothing can. One that the
 * server has said goodbye to takes no pings, and is watched until its streams have ended and its socket is closed.
 */
function watchLife(session: ClientHttp2Session, socket: TLSSocket, idleMs: number, keepAliveMs: number): Promise<TransportEnd> {
  /** The first thing that was said of it; errors that follow a goodbye add nothing. */
  let end: TransportEnd | undefined;
  const silence = new Silence(keepAliveMs);
  const timer = setInterval(() => {
    const silentMs = silence.beat(socket.bytesRead);
    const moved = silentMs > 2 * keepAliveMs && !isOurs(socket.localAddress);
    if (silentMs < idleMs && !moved) {
      // the answer is bytes that are read
      if (!session.destroyed) session.ping(() => {});
      return;
    }
    end ??= moved
      ? { reason: "lost", detail: "this machine's address has changed" }
      : { reason: "silent", detail: "the other side fell silent" };
    session.destroy();
    socket.destroy();
  }, keepAliveMs).unref();
  session.on("goaway", (code, _last, why?: Buffer) => {
    const detail = why?.toString("utf8", 0, 200) || "the server says goodbye";
    end ??= { reason: code === CERTIFICATE_REFUSED ? "refused" : "closed", detail };
  });
  const onError = ({ code = "", message }: NodeJS.ErrnoException) => {
    end ??= { reason: REFUSED.test(code) ? "refused" : "lost", detail: code || message };
    session.destroy();
  };
  session.on("error", onError);
  socket.on("error", onError);
  return new Promise((resolve) =>
    session.once("close", () => {
      clearInterval(timer);
      socket.destroy();
      resolve(end ?? { reason: "closed", detail: "the connection was closed" });
    }),
  );
}

/** Whether an interface that is up has this address: TCP does not say when it has none any more. */
function isOurs(address = ""): boolean {
  const [bare] = address.split("%");
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address.split("%")[0] === bare));
}
