/** `npm run bench -- tunnel`: QUIC against HTTP/2, and what the tunnel, with its gateway, costs and survives. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { prepareDevelopment } from "../../cloud/gateway/development.ts";
import { signerOf, Upstream } from "../../cloud/gateway/forward.ts";
import { encodeMessage } from "../../cloud/wire/messages.ts";
import { Heartbeat } from "../../plugins/telemetry/index.ts";
import type { Tunnel } from "../../plugins/tunnel/index.ts";
import { Namespace } from "../tunnel/namespace.ts";
import { Cloud, type GatewayProcess, openTunnel, targetOf } from "../tunnel/processes.ts";
import { Relay } from "../tunnel/relay.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";
import { benchFloor, timed } from "./tunnel-floor.ts";

const GENEROUS = ["--limit", "requestsPerSecond=1000000", "--limit", "burst=1000000"];
const REQUESTS = 10_000;
const AT_ONCE = 500;
const BEATS = 200;
const HEARTBEAT_MS = 30_000;
const IDLE_MS = 5_000;
const CUT_MS = 8_000;

export async function benchTunnel(): Promise<BenchRow[]> {
  const cloud = await Cloud.start();
  try {
    const floor = await benchFloor(cloud);
    const gateway = await cloud.startGateway(GENEROUS);
    const identity = await cloud.device("laptop");
    const relay = await Relay.start(gateway.hello.listening.port);
    const straight = openTunnel("laptop", () => targetOf(gateway, identity));
    const relayed = openTunnel("laptop", () => targetOf(gateway, identity, { port: relay.port }));
    await Promise.all([straight.connect(), relayed.connect()]);
    const rows = [
      ...floor,
      await benchAdded(cloud, straight),
      ...(await benchMany(cloud, straight)),
      await benchHeartbeat(straight),
      await benchCut(relay, relayed),
    ];
    await relayed.disconnect(0);
    relay.close();
    rows.push(await benchRestart(cloud, gateway, straight));
    await straight.disconnect(0);
    return [...rows, ...(await benchWire())];
  } finally {
    cloud.close();
  }
}

const ask = (tunnel: Tunnel, requestId: string) => tunnel.request("escalationRequest", { requestId, query: "q".repeat(900) });

/** The same request through tunnel and gateway, and straight to the Worker as the gateway sends it. */
async function benchAdded(cloud: Cloud, tunnel: Tunnel): Promise<BenchRow> {
  const { signingKey } = await prepareDevelopment(cloud.folder);
  const upstream = new Upstream({
    url: cloud.workerUrl,
    gatewayId: "bench",
    sign: signerOf(readFileSync(signingKey, "utf8")),
    timeoutMs: 10_000,
  });
  const [ours, direct]: [number[], number[]] = [[], []];
  for (let i = 0; i < 400; i += 1) {
    ours.push(await timed(async () => void (await ask(tunnel, `added-${i}`))));
    direct.push(await timed(() => askDirectly(upstream, `direct-${i}`)));
  }
  upstream.close();
  return {
    name: "request of 1 KB, ms added by tunnel and gateway",
    peer: "straight to the Worker",
    ratio: median(ours) - median(direct),
    wanted: "under 2",
  };
}

async function askDirectly(upstream: Upstream, requestId: string): Promise<void> {
  const body = [encodeMessage("escalationRequest", { requestId, query: "q".repeat(900) })];
  const answer = await upstream.forward({
    name: "escalationRequest",
    device: { userId: "u", deviceId: "d" },
    idempotencyKey: "",
    body: (async function* () {
      yield* body;
    })(),
    signal: AbortSignal.timeout(10_000),
  });
  for await (const _ of answer);
}

async function benchMany(cloud: Cloud, tunnel: Tunnel): Promise<BenchRow[]> {
  const sequential = Array.from({ length: REQUESTS }, (_, i) => `one-${i}`);
  const atOnce = Array.from({ length: AT_ONCE }, (_, i) => `all-${i}`);
  const took = await timed(async () => {
    for (const id of sequential) await ask(tunnel, id);
  });
  console.log(`${REQUESTS} requests one after the other: ${(took / REQUESTS).toFixed(2)} ms each`);
  console.log(
    `${AT_ONCE} requests at once: ${(await timed(async () => void (await Promise.all(atOnce.map((id) => ask(tunnel, id)))))).toFixed(0)} ms`,
  );
  const done = await cloud.done();
  const wrong = (ids: readonly string[]) => ids.filter((id) => done[id] !== 1).length;
  return [
    { name: `${REQUESTS} requests one after the other, lost or done twice`, peer: "none", ratio: wrong(sequential), wanted: "0" },
    { name: `${AT_ONCE} requests at once, lost or done twice`, peer: "none", ratio: wrong(atOnce), wanted: "0" },
  ];
}

/** What a heartbeat costs, spread over the time between two, and what keeping the link alive costs beside it. */
async function benchHeartbeat(tunnel: Tunnel): Promise<BenchRow> {
  const vitals = { home: tmpdir(), readGpu: async () => undefined, work: () => ({ activeSessions: 1, pendingQueries: 0 }) };
  const heart = new Heartbeat({ link: tunnel, deviceId: "laptop", intervalMs: HEARTBEAT_MS, vitals, wanted: async () => undefined });
  const beating = await cpuMs(async () => {
    for (let i = 0; i < BEATS; i += 1) await heart.beat();
  });
  const idle = await cpuMs(() => new Promise((resolve) => setTimeout(resolve, IDLE_MS)));
  const share = beating / BEATS / HEARTBEAT_MS + idle / IDLE_MS;
  return { name: "heartbeat and keep-alive, % of a core", peer: "none", ratio: share * 100, wanted: "under 0.5" };
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** From the moment the network is back, after a cut that was long enough to be noticed. */
async function benchCut(relay: Relay, tunnel: Tunnel): Promise<BenchRow> {
  relay.cut = true;
  await new Promise((resolve) => setTimeout(resolve, CUT_MS));
  const answer = ask(tunnel, "after-cut");
  relay.cut = false;
  return {
    name: "answer after a cut of the network, ms",
    peer: "none",
    ratio: await timed(async () => void (await answer)),
    wanted: "under 5000",
  };
}

/** The same over a real wire, which is cut at its far end, and whose near end gets another address. */
async function benchWire(): Promise<BenchRow[]> {
  const network = Namespace.create();
  if (!network) {
    console.log("The cuts between network namespaces are left out: none can be made here (Linux, as root).");
    return [];
  }
  const cloud = await Cloud.start(network);
  try {
    const gateway = await cloud.startGateway(GENEROUS);
    const identity = await cloud.device("laptop");
    const tunnel = openTunnel("laptop", () => targetOf(gateway, identity));
    await tunnel.connect();
    network.cut(false);
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    const answer = ask(tunnel, "after-wire-cut");
    network.restore();
    const cut = await timed(async () => void (await answer));
    network.changeAddress();
    const moved = await timed(async () => void (await ask(tunnel, "after-move")));
    await tunnel.disconnect(0);
    return [
      { name: "answer after a cut of the wire to a network namespace, ms", peer: "none", ratio: cut, wanted: "under 5000" },
      { name: "answer after another address of this machine, ms", peer: "none", ratio: moved, wanted: "under 5000" },
    ];
  } finally {
    cloud.close();
    network.close();
  }
}

/** From the moment the gateway listens again, after it was killed: as for any process, by its own word. */
async function benchRestart(cloud: Cloud, gateway: GatewayProcess, tunnel: Tunnel): Promise<BenchRow> {
  const times: number[] = [];
  for (let i = 0, present = gateway; i < 5; i += 1) {
    present.child.kill("SIGKILL");
    await once(present.child, "exit");
    present = await cloud.startGateway(GENEROUS, gateway.hello.listening.port);
    times.push(await timed(async () => void (await ask(tunnel, `after-restart-${i}`))));
  }
  return { name: "answer after the gateway was killed and restarted, ms", peer: "none", ratio: Math.max(...times), wanted: "under 1000" };
}
