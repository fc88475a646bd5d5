/**
 * `npm run soak:tunnel [-- --minutes N --loss SHARE]`: requests without end over a network that loses, reorders, cuts
 * and moves, to a gateway that is killed now and then. Nothing may be lost, and memory must stay flat. Where network
 * namespaces can be made (Linux, as root), the cloud is in one of its own: cuts and moves are then of a real wire too.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { TUNNEL_DEFAULTS } from "../../plugins/tunnel/index.ts";
import { Namespace } from "../tunnel/namespace.ts";
import { Cloud, openTunnel, targetOf } from "../tunnel/processes.ts";
import { Relay } from "../tunnel/relay.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "1" }, loss: { type: "string", default: "0.01" } } });
const MINUTES = Math.min(60, Number(values.minutes));
const WORKERS = 8;
const TIMEOUT_MS = 60_000;
const MIB = 1024 * 1024;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const network = Namespace.create();
if (!network) console.error("No network namespace can be made here: cuts and moves are those of the relay alone.");
const cloud = await Cloud.start(network);
const generous = ["--limit", "requestsPerSecond=100000", "--limit", "burst=100000"];
let gateway = await cloud.startGateway(generous);
const { port, host } = gateway.hello.listening;
const relay = await Relay.start(port, host);
Object.assign(relay, { loss: Number(values.loss), reorder: 0.02 });
const identity = await cloud.device("soak");
const tunnel = openTunnel("soak", () => targetOf(gateway, identity, { host: "127.0.0.1", port: relay.port }), {
  requestTimeoutMs: TIMEOUT_MS,
  timeoutMs: TUNNEL_DEFAULTS.timeoutMs,
  againMs: 2_000,
});
const end = Date.now() + MINUTES * 60_000;
const troubles = { cut: 0, wireCut: 0, moved: 0, killed: 0, tcpBroken: 0, udpBlocked: 0 };
const wrong: string[] = [];
/** What was done to the network last, for whoever looks for the cause of what went wrong. */
const lately: { what: string; at: number }[] = [];
tunnel.on("state", (state) => {
  const what = state.kind === "connected" ? state.link : state.kind === "reconnecting" ? state.lastError.message : state.kind;
  lately.push({ what, at: Date.now() });
});
await tunnel.connect();
const memory: number[] = [];
let asked = 0;

await Promise.all([...Array.from({ length: WORKERS }, (_, worker) => work(worker)), trouble(), watchMemory()]);

const done = await cloud.done();
const lost = Array.from({ length: asked }, (_, i) => `soak-${i + 1}`).filter((id) => !done[id]);
/** Arrivals beyond the first of a request must be repeats of the tunnel's own. */
const twice = Object.values(done).reduce((sum, times) => sum + times - 1, 0);
const unasked = Math.max(0, twice - tunnel.statistics.counts.repeated);
const quarter = Math.ceil(memory.length / 4);
const mean = (list: readonly number[]) => Math.round(list.reduce((sum, value) => sum + value, 0) / list.length);
console.log(
  JSON.stringify({
    minutes: MINUTES,
    namespace: network !== undefined,
    asked,
    neverDone: lost.length,
    twice,
    unasked,
    wrong: wrong.slice(0, 10),
    ...tunnel.statistics.counts,
    switches: tunnel.statistics.switches.length,
    troubles,
    memoryMiB: { secondQuarter: mean(memory.slice(quarter, 2 * quarter)), lastQuarter: mean(memory.slice(-quarter)) },
  }),
);
process.exitCode = lost.length + wrong.length + unasked > 0 ? 1 : 0;
await tunnel.disconnect(0);
relay.close();
cloud.close();
network?.close();

async function work(worker: number): Promise<void> {
  while (Date.now() < end) {
    asked += 1;
    const requestId = `soak-${asked}`;
    const query = worker === 0 ? "size:50000" : requestId;
    try {
      const { content } = await tunnel.request("escalationRequest", { requestId, query });
      if (worker === 0 ? content.length !== 50_000 : content !== requestId) wrong.push(`${requestId}: another answer`);
    } catch (error) {
      const how = `${requestId}: ${(error as Error).message} ${situation()}`;
      wrong.push(how);
      console.error(how);
    }
    await pause(Math.random() * 20);
  }
}

/** How things stand, and what has happened since the request can have been asked. */
function situation(): string {
  const { open, queued } = tunnel.traffic();
  const before = lately.filter(({ at }) => Date.now() - at < TIMEOUT_MS).map(({ what, at }) => `${what} ${secondsSince(at)} s before`);
  return `[${tunnel.state.kind}, ${open} streams, ${queued} waiting; ${before.join(", ")}]`;
}

function secondsSince(at: number): string {
  return ((Date.now() - at) / 1000).toFixed(1);
}

function note(what: keyof typeof troubles): void {
  troubles[what] += 1;
  lately.push({ what, at: Date.now() });
}

async function trouble(): Promise<void> {
  for (let i = 0; Date.now() < end - 15_000; i += 1) {
    await pause(2_000 + Math.random() * 6_000);
    if (i % 5 === 0) await (network && i % 2 === 0 ? cutWire(network, i % 4 === 0) : cut());
    else if (i % 5 === 1) move(i);
    else if (i % 5 === 2) await kill();
    else if (i % 5 === 3) await blockUdp();
    else {
      note("tcpBroken");
      relay.breakTcp();
    }
  }
}

async function cut(): Promise<void> {
  note("cut");
  relay.cut = true;
  await pause(Math.random() * 9_000);
  relay.cut = false;
}

async function cutWire(wire: Namespace, told: boolean): Promise<void> {
  note("wireCut");
  wire.cut(told);
  await pause(Math.random() * 9_000);
  wire.restore();
}

function move(i: number): void {
  note("moved");
  if (network && i % 2 === 0) network.changeAddress();
  else relay.changeAddress();
}

async function blockUdp(): Promise<void> {
  note("udpBlocked");
  relay.udpBlocked = true;
  await pause(8_000);
  relay.udpBlocked = false;
}

async function kill(): Promise<void> {
  note("killed");
  gateway.child.kill("SIGKILL");
  await once(gateway.child, "exit");
  gateway = await cloud.startGateway(generous, port);
  lately.push({ what: "started", at: Date.now() });
}

async function watchMemory(): Promise<void> {
  while (Date.now() < end) {
    globalThis.gc?.();
    memory.push(process.memoryUsage().rss / MIB);
    await pause(500);
  }
}
