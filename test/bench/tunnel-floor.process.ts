/** Sends back what it gets, over QUIC as the tunnel speaks it and over plain HTTP/2 and TLS 1.3: in one process of its own. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { QuicListener } from "../../plugins/tunnel/quic/endpoint.ts";
import { loadQuiche } from "../../plugins/tunnel/quic/quiche.ts";
import { QUIC_DEFAULTS } from "../../plugins/tunnel/quic/settings.ts";

const [key, cert, ca] = process.argv.slice(2).map((file) => readFileSync(file, "utf8")) as [string, string, string];
const host = "127.0.0.1";

const quiche = loadQuiche();
const quic =
  quiche &&
  (await QuicListener.listen(quiche, {
    host,
    port: 0,
    identity: { key, cert, ca },
    settings: QUIC_DEFAULTS,
    maxConnections: 1_000,
    maxHandshakes: 1_000,
    onConnection: (connection) => connection.on("stream", (stream) => stream.on("error", () => {}).pipe(stream)),
  }));

const h2 = createSecureServer({
  key,
  cert,
  ca,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: "TLSv1.3",
  settings: { initialWindowSize: 4 * 1024 * 1024 },
});
h2.on("session", (session) => session.setLocalWindowSize(8 * 1024 * 1024));
h2.on("stream", (stream) => {
  stream.on("error", () => {}).respond({ ":status": 200 });
  stream.pipe(stream);
});
h2.listen(0, host);
await once(h2, "listening");
process.stdout.write(`${JSON.stringify({ quic: quic?.address.port ?? null, h2: (h2.address() as AddressInfo).port })}\n`);
