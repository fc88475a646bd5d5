/** QUIC as the tunnel speaks it against plain HTTP/2 over TLS 1.3, both with certificates on both sides, in turn. */
import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { prepareDevelopment } from "../../cloud/gateway/development.ts";
import type { QuicConnection } from "../../plugins/tunnel/quic/connection.ts";
import { connectQuic } from "../../plugins/tunnel/quic/endpoint.ts";
import { loadQuiche } from "../../plugins/tunnel/quic/quiche.ts";
import { QUIC_DEFAULTS, type TlsIdentity } from "../../plugins/tunnel/quic/settings.ts";
import type { Cloud } from "../tunnel/processes.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const HANDSHAKES = 40;
const SMALL = { bytes: 1024, times: 500 };
const LARGE = { bytes: 1024 * 1024, times: 20 };
const PEER = "http2, TLS 1.3";
const host = "127.0.0.1";

export async function benchFloor(cloud: Cloud): Promise<BenchRow[]> {
  const quiche = loadQuiche();
  if (!quiche) return [];
  const files = await prepareDevelopment(cloud.folder);
  const { hello } = await cloud.spawn<{ quic: number; h2: number }>([
    "test/bench/tunnel-floor.process.ts",
    files.key,
    files.cert,
    files.caCert,
  ]);
  const identity = await cloud.device("bench");
  const openQuic = async () => {
    const connection = await connectQuic(quiche, { host, port: hello.quic, serverName: "localhost", identity, settings: QUIC_DEFAULTS });
    await once(connection, "secured");
    return connection;
  };
  const openH2 = () => openSession(hello.h2, identity);

  const shake: [number[], number[]] = [[], []];
  for (let i = 0; i < HANDSHAKES; i += 1) {
    shake[0].push(await timed(async () => (await openQuic()).close()));
    shake[1].push(await timed(async () => void (await openH2()).close()));
  }
  const [quic, h2] = [await openQuic(), await openH2()];
  const rows = [row("handshake", shake, "at most 2.5")];
  for (const [name, { bytes, times }, wanted] of [
    ["1 KB there and back on a new stream", SMALL, "at most 5"],
    ["1 MB there and back", LARGE, "at most 10"],
  ] as const)
    rows.push(row(name, await echoes(quic, h2, Buffer.alloc(bytes, 7), times), wanted));
  quic.close();
  h2.close();
  return rows;
}

async function echoes(quic: QuicConnection, h2: ClientHttp2Session, bytes: Buffer, times: number): Promise<[number[], number[]]> {
  const taken: [number[], number[]] = [[], []];
  for (let i = 0; i < times; i += 1) {
    taken[0].push(await timed(() => echo(quic.openStream(), bytes)));
    taken[1].push(await timed(() => echo(h2.request({ ":method": "POST", ":path": "/" }, { endStream: false }), bytes)));
  }
  return taken;
}

async function echo(stream: Duplex | undefined, bytes: Buffer): Promise<void> {
  stream?.end(bytes);
  let got = 0;
  for await (const piece of stream ?? []) got += (piece as Buffer).length;
  if (got !== bytes.length) throw new Error(`${got} of ${bytes.length} bytes came back`);
}

async function openSession(port: number, identity: TlsIdentity): Promise<ClientHttp2Session> {
  const createConnection = () =>
    connectTls({ host, port, servername: "localhost", ...identity, minVersion: "TLSv1.3", ALPNProtocols: ["h2"] });
  const session = connectHttp2("https://localhost", { createConnection, settings: { initialWindowSize: 4 * 1024 * 1024 } });
  await once(session, "connect");
  return session;
}

function row(name: string, [ours, theirs]: readonly [readonly number[], readonly number[]], wanted: string): BenchRow {
  console.log(`${name}: QUIC ${median(ours).toFixed(2)} ms, ${PEER} ${median(theirs).toFixed(2)} ms`);
  return { name: `QUIC: ${name}`, peer: PEER, ratio: median(ours) / median(theirs), wanted };
}

export async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
