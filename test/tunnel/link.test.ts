/** The contract of links: the same for every kind, against a gateway in a process of its own. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createCa } from "../../cloud/device-ca/certificate.ts";
import { decodeMessage, encodeMessage } from "../../cloud/wire/messages.ts";
import { openH2 } from "../../plugins/tunnel/link/h2.ts";
import { openHttps } from "../../plugins/tunnel/link/https.ts";
import { Link } from "../../plugins/tunnel/link/link.ts";
import { openQuic } from "../../plugins/tunnel/link/quic.ts";
import type { Target } from "../../plugins/tunnel/link/transport.ts";
import { Cloud, type GatewayProcess, targetOf } from "./processes.ts";
import { startProxy } from "./proxy.ts";

let cloud: Cloud;
let gateway: GatewayProcess;
let identity: Target["identity"];
beforeAll(async () => {
  cloud = await Cloud.start();
  gateway = await cloud.startGateway(["--limit", "requestsPerSecond=100000", "--limit", "burst=100000"]);
  identity = await cloud.device("laptop", "ann");
});
afterAll(() => cloud.close());

const signal = () => AbortSignal.timeout(20_000);
const ask = (requestId: string, query: string, stream = false) => encodeMessage("escalationRequest", { requestId, query, stream });

const KINDS = [["quic", openQuic] as const, ["h2", openH2] as const, ["https", openHttps] as const];

describe.each(KINDS)("%s", (kind, openTransport) => {
  const open = async (more: Partial<Target> = {}, deviceId = "laptop") => {
    const transport = await openTransport(targetOf(gateway, identity, { worker: cloud.worker, ...more }), signal());
    return Link.open(transport, { deviceId, clientVersion: "0", maxQueued: 10_000, signal: signal() });
  };
  const answered = async (link: Link, requestId: string, query: string) =>
    decodeMessage("escalationResponse", await link.request(ask(requestId, query), signal()));

  test("says who it talks to, and is told who it is", async () => {
    const link = await open();
    expect(link.hello).toMatchObject({ deviceId: "laptop", userId: "ann", protocol: 1 });
    expect(link.kind).toBe(kind);
    link.close();
    expect((await link.ended).reason).toBe("closed");
  });

  test("a request is answered, with the device's identity as its certificate says", async () => {
    const link = await open();
    expect(await answered(link, `${kind}-1`, "hello")).toMatchObject({ content: "hello", modelUsed: "ann/laptop" });
    link.close();
  });

  test("many requests at once are all answered, each with its own answer", async () => {
    const link = await open();
    const ids = Array.from({ length: 500 }, (_, i) => `${kind}-many-${i}`);
    const answers = await Promise.all(ids.map((id) => answered(link, id, id)));
    expect(answers.map(({ content }) => content)).toEqual(ids);
    await expect.poll(() => link.streams).toEqual({ open: 0, queued: 0 });
    const done = await cloud.done();
    expect(ids.filter((id) => done[id] !== 1)).toEqual([]);
    link.close();
  });

  test("an answer of megabytes comes whole", async () => {
    const link = await open();
    expect((await answered(link, `${kind}-big`, "size:3000000")).content).toHaveLength(3_000_000);
    link.close();
  });

  test("a stream comes piece by piece, in order, also when it is read slowly", async () => {
    const link = await open();
    let text = "";
    for await (const frame of link.stream(ask(`${kind}-stream`, "chunks:2000", true), signal())) {
      const { chunk } = decodeMessage("streamChunk", frame);
      if (chunk.case === "content") text += chunk.value;
      if (text.length % 97 === 0) await new Promise(setImmediate);
    }
    expect(text).toBe(Array.from({ length: 2000 }, (_, i) => `${i} `).join(""));
    link.close();
  });

  test("giving up one request harms no other", async () => {
    const link = await open();
    const stop = new AbortController();
    const slow = link.request(ask(`${kind}-slow`, "wait:5000"), stop.signal);
    stop.abort(new Error("no longer wanted"));
    await expect(slow).rejects.toThrow("no longer wanted");
    expect((await answered(link, `${kind}-after`, "still here")).content).toBe("still here");
    link.close();
  });

  test("what the Worker refuses is told", async () => {
    const link = await open();
    await expect(answered(link, `${kind}-402`, "status:402")).rejects.toThrow("the Worker answered 402");
    await expect(answered(link, `${kind}-break`, "break")).rejects.toThrow();
    link.close();
  });

  if (kind === "https") {
    test("a token that the Worker does not know is refused", async () => {
      await expect(open({ worker: { ...cloud.worker, token: "another" } })).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
    });

    test("on one's own machine it works without encryption", async () => {
      const link = await open({ worker: { ...cloud.worker, url: cloud.workerUrl } });
      expect(await answered(link, "https-plain", "hello")).toMatchObject({ content: "hello" });
      link.close();
    });

    test("goes through the proxy that the environment names", async () => {
      const proxy = await startProxy();
      onTestFinished(() => proxy.close());
      vi.stubEnv("HTTPS_PROXY", proxy.url);
      onTestFinished(() => void vi.unstubAllEnvs());
      const link = await open();
      expect(await answered(link, "https-proxied", "hello")).toMatchObject({ content: "hello" });
      expect(proxy.asked).toEqual([cloud.worker.url.host]);
      link.close();
    });

    test("a Worker of another CA is not spoken to", async () => {
      const { cert } = await createCa("other");
      await expect(open({ worker: { ...cloud.worker, ca: cert } })).rejects.toMatchObject({ code: "TUNNEL_UNREACHABLE" });
    });
    return;
  }

  test("a server that is not the pinned one is not spoken to", async () => {
    await expect(open({ pins: ["bm90IHRoaXMgb25l"] })).rejects.toMatchObject({ code: "TUNNEL_SERVER_UNTRUSTED" });
  });

  test("a server of another name is not spoken to", async () => {
    await expect(open({ serverName: "example.com" })).rejects.toMatchObject({ code: "TUNNEL_SERVER_UNTRUSTED" });
  });

  test("a device cannot say that it is another one", async () => {
    await expect(open({}, "desktop")).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
  });

  test("where nobody listens the error says so", async () => {
    await expect(open({ port: 9 })).rejects.toMatchObject({ code: "TUNNEL_UNREACHABLE" });
  });
});
