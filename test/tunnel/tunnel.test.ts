/** The tunnel against gateways that are killed, stopped and started again, over networks that lose, cut and change. */
import { once } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { DEFAULT_BACKOFF, type LinkKind } from "../../plugins/tunnel/index.ts";
import { Cloud, type GatewayProcess, openTunnel, targetOf } from "./processes.ts";
import { Relay } from "./relay.ts";

const generous = ["--limit", "requestsPerSecond=100000", "--limit", "burst=100000"];

let cloud: Cloud;
let shared: GatewayProcess;
beforeAll(async () => {
  cloud = await Cloud.start();
  shared = await cloud.startGateway(generous);
});
afterAll(() => cloud.close());

async function setUp(name: string, links: readonly LinkKind[] = ["quic", "h2"], gateway = shared) {
  const relay = await Relay.start(gateway.hello.listening.port);
  const identity = await cloud.device(name);
  const tunnel = openTunnel(
    name,
    () => targetOf(gateway, identity, { port: relay.port, idleMs: 1_500, keepAliveMs: 200, worker: cloud.worker }),
    {
      links,
      againMs: 100,
    },
  );
  onTestFinished(async () => {
    await tunnel.disconnect(0);
    relay.close();
  });
  const ask = async (requestId: string, query = "hi") => (await tunnel.request("escalationRequest", { requestId, query })).content;
  const until = (kind: string, link?: LinkKind) =>
    expect
      .poll(() => [tunnel.state.kind, tunnel.state.kind === "connected" ? link && tunnel.state.link : undefined], {
        timeout: 20_000,
      })
      .toEqual([kind, link]);
  return { gateway, relay, tunnel, ask, until };
}

test("it says what it does: connecting, connected, disconnected", async () => {
  const { tunnel } = await setUp("states");
  const seen: string[] = [];
  tunnel.on("state", ({ kind }) => seen.push(kind));
  await tunnel.connect();
  expect(tunnel.state).toMatchObject({ kind: "connected", link: "quic", missed: 0 });
  await tunnel.disconnect();
  expect(seen).toEqual(["connecting", "connected", "disconnected"]);
  await expect(tunnel.request("heartbeat", {})).rejects.toMatchObject({ code: "TUNNEL_CLOSED" });
});

test.each(["quic", "h2"] as const)("a gateway that is killed and started again costs no request over %s", async (link) => {
  const { gateway, tunnel, ask } = await setUp(`killed-${link}`, [link], await cloud.startGateway(generous));
  await tunnel.connect();
  const ids = Array.from({ length: 60 }, (_, i) => `killed-${link}-${i}`);
  const answers = Promise.all(ids.map((id) => ask(id, "wait:300")));
  await new Promise((resolve) => setTimeout(resolve, 150));
  gateway.child.kill("SIGKILL");
  await once(gateway.child, "exit");
  const second = await cloud.startGateway(generous, gateway.hello.listening.port);
  onTestFinished(() => void second.child.kill("SIGKILL"));
  expect(await answers).toEqual(ids.map(() => "wait:300"));
  expect(tunnel.statistics.counts.reconnects).toBeGreaterThan(0);
  const done = await cloud.done();
  expect(ids.filter((id) => !done[id])).toEqual([]);
});

test("a request with effects is sent once and fails clearly when the link breaks, unless it has a key", async () => {
  const { relay, tunnel } = await setUp("effects", ["h2"]);
  await tunnel.connect();
  const invite = { call: { case: "createInvite" as const, value: { projectId: "p" } } };
  const unkeyed = tunnel.request("collaborationRequest", invite);
  const keyed = tunnel.request("collaborationRequest", invite, { idempotencyKey: "key-1" });
  await expect.poll(() => cloud.done()).toMatchObject({ unkeyed: 1, "key-1": 1 });
  relay.breakTcp();
  await expect(unkeyed).rejects.toMatchObject({ code: "TUNNEL_INTERRUPTED" });
  expect((await keyed).result.case).toBe("done");
  expect(await cloud.done()).toMatchObject({ unkeyed: 1, "key-1": 2 });
});

test("where UDP is blocked it takes HTTP/2, says why, and goes back to QUIC when that passes again", async () => {
  const { relay, tunnel, ask, until } = await setUp("blocked");
  relay.udpBlocked = true;
  await tunnel.connect();
  expect(tunnel.state).toMatchObject({ link: "h2" });
  expect(await ask("blocked-1")).toBe("hi");
  relay.udpBlocked = false;
  const slow = ask("blocked-slow", "wait:400");
  await until("connected", "quic");
  expect(await slow).toBe("wait:400");
  expect(await ask("blocked-2")).toBe("hi");
  expect(tunnel.statistics.switches.map(({ from, to }) => `${from}>${to}`)).toEqual(["quic>h2", "h2>quic"]);
});

test("where neither UDP nor the gateway's port passes it goes straight to the Worker, and back to QUIC later", async () => {
  const { relay, tunnel, ask, until } = await setUp("straight", ["quic", "h2", "https"]);
  relay.cut = true;
  await tunnel.connect();
  expect(tunnel.state).toMatchObject({ link: "https" });
  expect(await ask("straight-1")).toBe("hi");
  relay.cut = false;
  await until("connected", "quic");
  expect(await ask("straight-2")).toBe("hi");
  expect(tunnel.statistics.switches.map(({ from, to }) => `${from}>${to}`)).toEqual(["quic>https", "https>quic"]);
});

test("from the Worker it goes back to HTTP/2 where UDP stays blocked, and to QUIC when that passes too", async () => {
  const { relay, tunnel, ask, until } = await setUp("stepwise", ["quic", "h2", "https"]);
  relay.cut = true;
  await tunnel.connect();
  expect(tunnel.state).toMatchObject({ link: "https" });
  relay.udpBlocked = true;
  relay.cut = false;
  await until("connected", "h2");
  expect(await ask("stepwise-1")).toBe("hi");
  relay.udpBlocked = false;
  await until("connected", "quic");
  expect(await ask("stepwise-2")).toBe("hi");
  expect(tunnel.statistics.switches.map(({ from, to }) => `${from}>${to}`)).toEqual(["quic>https", "https>h2", "h2>quic"]);
});

test("without QUIC it goes straight to the Worker where the gateway is not reached, and back to HTTP/2 later", async () => {
  const { relay, tunnel, ask, until } = await setUp("without", ["h2", "https"]);
  relay.cut = true;
  await tunnel.connect();
  expect(tunnel.state).toMatchObject({ link: "https" });
  relay.cut = false;
  const slow = ask("without-slow", "wait:400");
  await until("connected", "h2");
  expect(await slow).toBe("wait:400");
  expect(tunnel.statistics.switches.map(({ from, to }) => `${from}>${to}`)).toEqual(["h2>https", "https>h2"]);
});

test("a device that the gateway refuses does not get in by another way", async () => {
  const other = await Cloud.start();
  onTestFinished(() => other.close());
  const [identity, { ca }] = [await other.device("stranger"), await cloud.device("known")];
  const tunnel = openTunnel("stranger", () => targetOf(shared, { ...identity, ca }, { worker: cloud.worker }), {
    links: ["quic", "h2", "https"],
    policy: { ...DEFAULT_BACKOFF, maxAttempts: 1 },
  });
  onTestFinished(() => tunnel.disconnect(0));
  await expect(tunnel.connect()).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
});

test("a cut network is noticed, and what was asked meanwhile is answered when it is back", async () => {
  const { relay, tunnel, ask, until } = await setUp("cut");
  await tunnel.connect();
  relay.cut = true;
  const waiting = ask("cut-1");
  await until("reconnecting");
  relay.cut = false;
  expect(await waiting).toBe("hi");
});

test("a cut network is noticed as soon over QUIC when the round trips before it were slow", async () => {
  const { relay, tunnel, until, ask } = await setUp("slow-then-cut", ["quic"]);
  await tunnel.connect();
  relay.delay = 600;
  for (let i = 0; i < 3; i += 1) expect(await ask(`slow-then-cut-${i}`)).toBe("hi");
  const breaks: string[] = [];
  tunnel.on("state", (state) => state.kind === "reconnecting" && breaks.push(state.lastError.message));
  relay.cut = true;
  await until("reconnecting");
  // the engine would wait for three of its probes, which these round trips have made rare
  expect(breaks[0]).toContain("nothing came for 1.5 s");
  relay.delay = 0;
  relay.cut = false;
  expect(await ask("slow-then-cut-after")).toBe("hi");
});

test("a change of the device's address loses no request", async () => {
  const { relay, tunnel, ask } = await setUp("moved");
  await tunnel.connect();
  const ids = Array.from({ length: 40 }, (_, i) => `moved-${i}`);
  const answers = Promise.all(ids.map((id) => ask(id, "wait:200")));
  relay.changeAddress();
  expect(await answers).toHaveLength(40);
  expect(await ask("moved-after")).toBe("hi");
});

test("what is on its way at a change of the device's address arrives, on the same link", async () => {
  const { relay, tunnel, ask } = await setUp("under-way", ["quic"]);
  await tunnel.connect();
  for (let round = 0; round < 12; round += 1) {
    const answers = Array.from({ length: 30 }, (_, i) => ask(`under-way-${round}-${i}`, "size:20000"));
    await Promise.race(answers);
    relay.changeAddress();
    expect(await Promise.all(answers)).toHaveLength(30);
  }
  expect(tunnel.statistics.counts).toMatchObject({ reconnects: 0, repeated: 0 });
});

test("copies of the device's datagrams from elsewhere do not lead the connection there", async () => {
  const { relay, tunnel, ask } = await setUp("copied", ["quic"]);
  await tunnel.connect();
  relay.copies = true;
  for (let i = 0; i < 50; i += 1) expect(await ask(`copied-${i}`, "size:5000")).toHaveLength(5_000);
  expect(relay.sentToCopies).toBe(0);
});

test("lost and reordered datagrams change nothing but the time", async () => {
  const { relay, tunnel, ask } = await setUp("lossy", ["quic"]);
  Object.assign(relay, { loss: 0.02, reorder: 0.05 });
  await tunnel.connect();
  const ids = Array.from({ length: 200 }, (_, i) => `lossy-${i}`);
  expect(await Promise.all(ids.map((id) => ask(id, "size:5000")))).toHaveLength(200);
  const done = await cloud.done();
  expect(ids.filter((id) => done[id] !== 1)).toEqual([]);
});

test("closing lets what is under way finish", async () => {
  const { tunnel } = await setUp("finish");
  await tunnel.connect();
  const pieces: string[] = [];
  const stream = tunnel.openStream({ requestId: "finish-1", query: "chunks:300" });
  const first = await stream.next();
  const closed = tunnel.disconnect();
  for await (const { chunk } of stream) pieces.push(chunk.case ?? "");
  await closed;
  expect(first.value?.chunk.value).toBe("0 ");
  expect(pieces).toHaveLength(300);
  expect(pieces.at(-1)).toBe("end");
});

test("a gateway that is told to stop answers what it has, and is gone", async () => {
  const { gateway, ask, tunnel } = await setUp("drain", ["quic"], await cloud.startGateway(generous));
  await tunnel.connect();
  const under = ask("drain-1", "wait:400");
  await expect.poll(() => cloud.done()).toMatchObject({ "drain-1": 1 });
  gateway.child.kill("SIGTERM");
  expect(await under).toBe("wait:400");
  expect(await once(gateway.child, "exit")).toEqual([0, null]);
});

test("what is large goes over HTTP/2 beside QUIC", async () => {
  const { gateway, tunnel } = await setUp("bulk", undefined, await cloud.startGateway());
  await tunnel.connect();
  const chunk = { call: { case: "chunk" as const, value: { uploadId: "u", index: 0, data: new Uint8Array(2_000_000) } } };
  const { result } = await tunnel.request("loraRequest", chunk, { idempotencyKey: "bulk-1" });
  expect(result.case).toBe("received");
  expect(tunnel.state).toMatchObject({ link: "quic" });
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.hello.metrics.port}/metrics`)).text();
  expect(metrics).toContain('gateway_connections_total{kind="h2"} 1');
});

test("without an answer in time the request ends, and the next one works", async () => {
  const { tunnel, ask } = await setUp("late");
  await tunnel.connect();
  await expect(tunnel.request("escalationRequest", { requestId: "late-1", query: "wait:3000" }, { timeoutMs: 100 })).rejects.toMatchObject({
    code: "TUNNEL_TIMEOUT",
  });
  expect(await ask("late-2")).toBe("hi");
});
