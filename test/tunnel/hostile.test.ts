/** What a gateway refuses, and that nobody else notices. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createCa, createServerCertificate, signDeviceRequest } from "../../cloud/device-ca/certificate.ts";
import { createDeviceRequest } from "../../cloud/device-ca/request.ts";
import { prepareDevelopment } from "../../cloud/gateway/development.ts";
import { FrameDecoder } from "../../cloud/wire/frames.ts";
import { decodeMessage, encodeMessage } from "../../cloud/wire/messages.ts";
import { pinOf } from "../../plugins/tunnel/index.ts";
import { openH2 } from "../../plugins/tunnel/link/h2.ts";
import { Link } from "../../plugins/tunnel/link/link.ts";
import { openQuic } from "../../plugins/tunnel/link/quic.ts";
import type { Target } from "../../plugins/tunnel/link/transport.ts";
import { QuicConnection, type QuicEnd } from "../../plugins/tunnel/quic/connection.ts";
import { loadQuiche } from "../../plugins/tunnel/quic/quiche.ts";
import { ALPN, QUIC_DEFAULTS, quicheConfig } from "../../plugins/tunnel/quic/settings.ts";
import { Cloud, type GatewayProcess, targetOf } from "./processes.ts";

let cloud: Cloud;
let gateway: GatewayProcess;
let good: Link;
let revoked: string;
const signal = () => AbortSignal.timeout(10_000);
const KINDS = [["quic", openQuic] as const, ["h2", openH2] as const];

beforeAll(async () => {
  cloud = await Cloud.start();
  revoked = join(cloud.folder, "revoked");
  writeFileSync(revoked, "# nobody yet\n");
  gateway = await cloud.startGateway([
    "--revoked",
    revoked,
    "--limit",
    "requestsPerSecond=50",
    "--limit",
    "burst=200",
    "--limit",
    "connectionsPerDevice=3",
    "--limit",
    "stalledMs=3000",
    "--limit",
    "requestBytes=1000000",
  ]);
  good = await openLink(openQuic, await cloud.device("good"), "good");
});
afterAll(() => cloud.close());
afterEach(async () => {
  // Another device is served all the while.
  const answer = await good.request(
    encodeMessage("escalationRequest", { requestId: crypto.randomUUID(), query: "still there?" }),
    signal(),
  );
  expect(decodeMessage("escalationResponse", answer).content).toBe("still there?");
});

async function openLink(open: typeof openQuic, identity: Target["identity"], deviceId: string, more: Partial<Target> = {}): Promise<Link> {
  const transport = await open(targetOf(gateway, identity, more), signal());
  return Link.open(transport, { deviceId, clientVersion: "0", maxQueued: 1_000, signal: signal() });
}

/** A device's certificate of the gateway's CA, or of another, made as wished. */
async function identity(more: { ca?: { key: string; cert: string }; days?: number; fromDays?: number } = {}): Promise<Target["identity"]> {
  const files = await prepareDevelopment(cloud.folder);
  const own = { key: readFileSync(files.caKey, "utf8"), cert: readFileSync(files.caCert, "utf8") };
  const { key, request } = await createDeviceRequest("device");
  const validity = { days: more.days ?? 30, fromDays: more.fromDays ?? 0 };
  return { key, cert: await signDeviceRequest(more.ca ?? own, request, { userId: "u", deviceId: "device" }, validity), ca: own.cert };
}

describe.each(KINDS)("%s refuses", (_, open) => {
  test("a certificate of another CA", async () => {
    await expect(openLink(open, await identity({ ca: await createCa("other") }), "device")).rejects.toMatchObject({
      code: "TUNNEL_REFUSED",
    });
  });

  test("a certificate that has expired", async () => {
    await expect(openLink(open, await identity({ fromDays: -10, days: 5 }), "device")).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
  });

  test("a certificate that is not valid yet", async () => {
    await expect(openLink(open, await identity({ fromDays: 5 }), "device")).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
  });

  test("a certificate that is none of a device", async () => {
    const files = await prepareDevelopment(cloud.folder);
    const ca = { key: readFileSync(files.caKey, "utf8"), cert: readFileSync(files.caCert, "utf8") };
    await expect(openLink(open, { ...(await createServerCertificate(ca, ["localhost"])), ca: ca.cert }, "device")).rejects.toThrow();
  });

  test("a server of another CA, at the device", async () => {
    const other = await createCa("other");
    await expect(openLink(open, { ...(await identity()), ca: other.cert }, "device")).rejects.toMatchObject({
      code: "TUNNEL_SERVER_UNTRUSTED",
    });
  });

  test("a request too many, and says when to come back", async () => {
    const link = await openLink(open, await cloud.device("greedy"), "greedy");
    const results = await Promise.allSettled(
      Array.from({ length: 300 }, () => link.request(encodeMessage("escalationRequest", { requestId: "x", query: "q" }), signal())),
    );
    const refused = results.filter((result) => result.status === "rejected").map(({ reason }) => reason.told);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((told) => told.message === "too many requests" && told.retryAfterMs > 0 && told.notProcessed)).toBe(true);
    link.close();
  });

  test("bytes that are no frames, frames that are too long and answers where questions belong", async () => {
    const transport = await open(targetOf(gateway, await cloud.device("garbled")), signal());
    const say = async (bytes: Uint8Array) => {
      const stream = transport.open();
      stream?.end(bytes);
      const frames = [];
      const decoder = new FrameDecoder();
      for await (const piece of stream ?? []) frames.push(...decoder.push(piece));
      return frames.map((frame) => decodeMessage("error", frame).message);
    };
    expect(await say(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toEqual([expect.stringContaining("unknown type")]);
    expect(await say(Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff))).toEqual([expect.stringContaining("too long")]);
    expect(await say(Uint8Array.of(0x20, 0, 0, 1, 0, 1))).toEqual([expect.stringContaining("cut off")]);
    expect(await say(encodeMessage("heartbeatAck", {}))).toEqual(["heartbeatAck is no request"]);
    expect(await say(new Uint8Array())).toEqual(["the stream ended without a request"]);
    expect(await say(encodeMessage("hello", { protocol: 9, oldestProtocol: 9, deviceId: "garbled" }))).toEqual([
      expect.stringContaining("speaks versions 1 to 1"),
    ]);
    transport.close();
  });

  test("more connections than one device may have", async () => {
    const mine = await cloud.device("many");
    const links = await Promise.all([1, 2, 3].map(() => openLink(open, mine, "many")));
    await expect(openLink(open, mine, "many")).rejects.toMatchObject({
      code: "TUNNEL_UNREACHABLE",
      message: expect.stringContaining("too many"),
    });
    for (const link of links) link.close();
    await Promise.all(links.map(({ ended }) => ended));
    await expect.poll(() => openLink(open, mine, "many").then((link) => link.close())).toBeUndefined();
  });

  test("a device that was revoked while it was connected", async () => {
    const id = `stolen-${open.name}`;
    const mine = await cloud.device(id);
    const link = await openLink(open, mine, id);
    writeFileSync(revoked, `${id}\n`);
    expect(await link.ended).toEqual({ reason: "refused", detail: "the certificate was revoked" });
    await expect(openLink(open, mine, id)).rejects.toThrow();
  });

  test("requests of a device whose certificate ends while it is connected", async () => {
    // certificates begin five minutes early, for clocks that are behind: this one ends in 20 seconds
    const link = await openLink(open, await identity({ days: 1, fromDays: -1 + 320 / 86_400 }), "device");
    const ask = () => link.request(encodeMessage("escalationRequest", { requestId: "x", query: "q" }), signal());
    await expect
      .poll(
        () =>
          ask().then(
            () => "answered",
            (error) => error.told.message,
          ),
        { timeout: 30_000, interval: 500 },
      )
      .toBe("the device's certificate has expired");
    link.close();
  });

  test("a request that is begun and never ended", async () => {
    const transport = await open(targetOf(gateway, await cloud.device("unending")), signal());
    const stream = transport.open();
    stream?.on("error", () => {}).resume();
    stream?.write(Uint8Array.of(0x20, 0, 0));
    await new Promise((resolve) => stream?.once("close", resolve));
    transport.close();
  });

  test("a request that is larger than it takes", async () => {
    const link = await openLink(open, await cloud.device("large"), "large");
    const chunk = { call: { case: "chunk" as const, value: { uploadId: "u", index: 0, data: new Uint8Array(1_500_000) } } };
    await expect(link.request(encodeMessage("loraRequest", chunk), signal())).rejects.toThrow("the request is too large");
    link.close();
  });

  test("to be held up by streams that are opened and given up at once, by the thousand", async () => {
    const transport = await open(targetOf(gateway, await cloud.device("fickle")), signal());
    let gone = false;
    void transport.ended.then(() => {
      gone = true;
    });
    for (let i = 0; i < 3_000 && !gone; i += 1) {
      const stream = transport.open();
      stream?.on("error", () => {});
      stream?.write(Uint8Array.of(0x20, 0, 0));
      stream?.destroy();
      if (!stream || i % 20 === 0) await new Promise(setImmediate);
    }
    transport.close();
    const link = await openLink(open, await cloud.device("fickle"), "fickle");
    expect(link.hello.deviceId).toBe("fickle");
    link.close();
  });

  test("to let one that does not read hold up its other streams", async () => {
    const link = await openLink(open, await cloud.device("slow"), "slow");
    const stream = link.stream(encodeMessage("escalationRequest", { requestId: "slow", query: "chunks:20000", stream: true }), signal());
    await stream.next();
    const other = await link.request(encodeMessage("escalationRequest", { requestId: "slow-2", query: "beside it" }), signal());
    expect(decodeMessage("escalationResponse", other).content).toBe("beside it");
    link.close();
  });
});

test("HTTP/2 is spoken over TLS 1.3 only, and only with a certificate", async () => {
  const { host, port } = gateway.hello.listening;
  const mine = await identity();
  const attempt = async (options: object) => {
    const socket = connectTls({ host, port, servername: "localhost", ca: mine.ca, ALPNProtocols: ["h2"], ...options });
    onTestFinished(() => void socket.destroy());
    socket.resume();
    return once(socket, "close").then(
      () => "closed",
      (error) => error.code as string,
    );
  };
  expect(await attempt({ ...mine, maxVersion: "TLSv1.2", minVersion: "TLSv1.2" })).toMatch(/ALERT_PROTOCOL_VERSION/);
  expect(await attempt({ minVersion: "TLSv1.3" })).toBe("closed");
});

test("QUIC is spoken only with a certificate", async () => {
  const quiche = loadQuiche();
  if (!quiche) return;
  const { host, port } = gateway.hello.listening;
  const { ca } = await identity();
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const config = quiche.Config.withBoringSslCtx(true, false, Buffer.from(ca), null, null, "ecdsa_secp256r1_sha256");
  config.setApplicationProtos([ALPN]);
  config.setInitialMaxData(100_000);
  const [local, peer] = [
    { host: "127.0.0.1", port: socket.address().port },
    { host, port },
  ];
  const native = quiche.Connection.connect("localhost", randomBytes(20), local, peer, config);
  const connection = new QuicConnection(quiche, native, {
    client: true,
    local,
    peer,
    datagramBytes: 1_350,
    send: (datagram) => socket.send(datagram, port, host),
  });
  socket.on("message", (datagram) => connection.receive(datagram, peer));
  connection.flush();
  const [end] = (await once(connection, "end", { signal: signal() })) as [QuicEnd];
  expect(end.reason).toBe("refused");
});

test("connections that say nothing, or stop in the middle of a handshake, keep nobody out", async () => {
  const { host, port } = gateway.hello.listening;
  const hello = Buffer.from("1603010200010001fc0303", "hex");
  const sockets = Array.from({ length: 300 }, (_, i) => {
    const socket = connectTcp(port, host, () => i % 2 === 0 && socket.write(hello)).on("error", () => {});
    return socket;
  });
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const link = await openLink(openH2, await cloud.device("patient"), "patient");
  expect(link.hello.deviceId).toBe("patient");
  link.close();
});

test("a flood of datagrams that mean nothing is ignored", async () => {
  const socket = createSocket("udp4");
  const { host, port } = gateway.hello.listening;
  for (let i = 0; i < 5_000; i += 1) {
    const noise = crypto.getRandomValues(new Uint8Array(20 + (i % 1_300)));
    if (i % 3 === 0) noise[0] = 0x40;
    if (i % 3 === 1) noise.set([0xc0, 0, 0, 0, 1, 20], 0);
    socket.send(noise, port, host);
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  socket.close();
  expect(gateway.child.exitCode).toBeNull();
});

test("handshakes that are begun and never finished take no room from those who are in", async () => {
  const quiche = loadQuiche();
  if (!quiche) return;
  const { host, port } = gateway.hello.listening;
  const mine = await cloud.device("beginner");
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const config = quicheConfig(quiche, mine, QUIC_DEFAULTS);
  const local = { host: "127.0.0.1", port: socket.address().port };
  for (let i = 0; i < 1_500; i += 1) {
    const native = quiche.Connection.connect("localhost", randomBytes(20), local, { host, port }, config);
    const datagram = new Uint8Array(1_350);
    const sent = native.send(datagram);
    if (sent) socket.send(datagram.subarray(0, sent[0]), port, host);
    if (i % 50 === 0) await new Promise(setImmediate);
  }
  const link = await openLink(openH2, mine, "beginner");
  expect(link.hello.deviceId).toBe("beginner");
  link.close();
  socket.close();
});

test("the metrics say what was refused, and health is told", async () => {
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${gateway.hello.metrics.port}${path}`)).text();
  expect(await page("/metrics")).toMatch(/gateway_refused_total\{reason="rate_limited"\} \d+/);
  expect(await page("/healthz")).toBe("ok\n");
});

test("the pin of a certificate stays when it is renewed for the same key", async () => {
  const ca = await createCa("c");
  const { request } = await createDeviceRequest("d");
  const [first, second] = await Promise.all([1, 2].map(() => signDeviceRequest(ca, request, { userId: "u", deviceId: "d" })));
  expect(first).not.toBe(second);
  expect(pinOf(first ?? "")).toBe(pinOf(second ?? ""));
});
