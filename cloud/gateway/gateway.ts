/** The gateway: where the tunnels of devices end. It knows a device by its certificate and speaks HTTPS to the Worker. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Address, TlsIdentity } from "../../plugins/tunnel/quic/settings.ts";
import { signerOf, Upstream } from "./forward.ts";
import { freePort } from "./free-port.ts";
import type { Limits } from "./limits.ts";
import { listenH2 } from "./listen-h2.ts";
import { listenQuic } from "./listen-quic.ts";
import { Metrics } from "./metrics.ts";
import { Revocations } from "./revocations.ts";
import { Sessions } from "./sessions.ts";

export interface GatewayOptions {
  readonly id: string;
  /** UDP and TCP, on the same port; 0 takes a free one. */
  readonly listen: Address;
  readonly metrics: Address;
  readonly upstream: URL;
  readonly upstreamTimeoutMs: number;
  readonly identity: TlsIdentity;
  /** Ed25519, PEM: signs what is said to the Worker. */
  readonly signingKey: string;
  readonly revoked: string | undefined;
  /** How often the Worker is asked for revoked devices. */
  readonly revocationsEveryMs: number;
  readonly limits: Limits;
  readonly log: (line: string) => void;
}

export interface Gateway {
  readonly address: Address;
  readonly metrics: Address;
  readonly quic: boolean;
  /** Takes no new requests, lets those under way finish for `graceMs` at most, and closes. */
  stop(graceMs: number): Promise<void>;
}

const LINGER_MS = 250;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { limits, identity } = options;
  const upstream = new Upstream({
    url: options.upstream,
    gatewayId: options.id,
    sign: signerOf(options.signingKey),
    timeoutMs: options.upstreamTimeoutMs,
  });
  const metrics: Metrics = new Metrics({
    connections: () => sessions.connections,
    streams: () => sessions.streams,
    resident_bytes: () => process.memoryUsage.rss(),
  });
  const revocations = new Revocations(
    { file: options.revoked, ask: () => upstream.revoked(), everyMs: options.revocationsEveryMs },
    {
      onChange: () => sessions.dropRevoked(),
      onError: (which) => options.log(`the list of revoked devices cannot be had (${which}); the one before stays in force`),
    },
  );
  const isRevoked = revocations.has.bind(revocations);
  const sessions: Sessions = new Sessions({ gatewayId: options.id, limits, upstream, isRevoked }, metrics);
  const listen = { host: options.listen.host, port: options.listen.port || (await freePort(options.listen.host)) };
  const quic = await listenQuic(listen, identity, limits, sessions);
  const h2 = await listenH2(listen, identity, limits, sessions);
  let draining = false;
  const health = await serveHealth(options.metrics, metrics, () => !draining);
  return {
    address: listen,
    metrics: addressOf(health),
    quic: quic !== undefined,
    async stop(graceMs) {
      draining = true;
      quic?.stopAccepting();
      h2.close();
      await Promise.race([sessions.drain(), new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      // The last packets may have to be sent again.
      await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
      sessions.closeAll("the gateway stops");
      quic?.close();
      revocations.close();
      upstream.close();
      health.close();
    },
  };
}

/** `/healthz` for whoever starts and watches the process, `/metrics` for Prometheus: on a port of their own. */
async function serveHealth({ host, port }: Address, metrics: Metrics, isReady: () => boolean): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === "/metrics") response.setHeader("content-type", "text/plain; version=0.0.4").end(metrics.text());
    else if (request.url === "/healthz") response.writeHead(isReady() ? 200 : 503).end(isReady() ? "ok\n" : "draining\n");
    else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

function addressOf(server: { address(): AddressInfo | string | null }): Address {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}
