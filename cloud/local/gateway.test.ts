/** The whole way, with nothing in between that is not real: a device's tunnel, the gateway, the Worker, its ledger. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_BACKOFF, type LinkKind, TUNNEL_DEFAULTS, Tunnel } from "../../plugins/tunnel/index.ts";
import { createDeviceRequest } from "../device-ca/request.ts";
import { ErrorCode, Outcome, Phase, Tier } from "../wire/generated/cloud_pb.js";
import { type Fetch, signIn } from "./sign-in.ts";
import { type LocalCloud, startLocalCloud } from "./start.ts";
import { use } from "./use.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  const models = { "llama-3.3-70b": ["council"], "claude-opus": ["fault"], "gpt-4-turbo": ["hang-later"] };
  cloud = await startLocalCloud({ gateway: true, models });
});
afterAll(() => cloud.close());

const fetchHere: Fetch = (path, init) => fetch(new URL(path, cloud.url), init);

const PASSAGES = ["The Heliograph was built by [PERSON_01] in 1921. It stands on the northern cape.", "The ferry leaves at nine."];

interface Certified {
  readonly deviceId: string;
  readonly certificate: string;
  readonly ca: string;
  readonly gateway: string;
  readonly expiresAt: number;
}

interface Balance {
  readonly unbilled: number;
  readonly held: number;
}

async function all<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

/** A user with a key and a device, on a tier that is charged. */
async function setUp(name: string, links: readonly LinkKind[]) {
  const key = await signIn(fetchHere, cloud.mail, `${name}@example.com`);
  const call = async <T>(method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const response = await fetchHere(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return (await response.json()) as T;
  };
  const { checkout } = await call<{ checkout: { id: string } }>("PUT", "/v1/billing/tier", { tier: "managed" });
  await cloud.stripe.pay(checkout.id);
  const { key: deviceKey, request } = await createDeviceRequest("laptop");
  const device = await call<Certified>("POST", "/v1/devices", { request, name: "laptop" });
  const [host = "", port = ""] = device.gateway.split(":");
  const identity = { key: deviceKey, cert: device.certificate, ca: device.ca };
  const tunnel = new Tunnel({
    ...TUNNEL_DEFAULTS,
    links,
    policy: { ...DEFAULT_BACKOFF, maxAttempts: 2 },
    deviceId: device.deviceId,
    clientVersion: "0",
    target: async () => ({
      ...{ host, port: Number(port), serverName: host, identity },
      ...{ pins: [], idleMs: 6_000, keepAliveMs: 750, datagramBytes: 1350 },
    }),
  });
  onTestFinished(() => tunnel.disconnect(0));
  const ask = (more: object = {}) => ({
    requestId: randomUUID(),
    query: "Who built the Heliograph?",
    context: { localKnowledge: PASSAGES },
    modelId: "llama-3.3-70b",
    model: 5,
    ...more,
  });
  return { call, device, tunnel, ask, balance: () => call<Balance>("GET", "/v1/billing/balance") };
}

describe.each(["quic", "h2"] as const)("over %s", (link) => {
  test("a device with a certificate of the cloud's asks, is answered in pieces, and its user is charged", async () => {
    const { tunnel, device, ask, balance, call } = await setUp(`asks-${link}`, [link]);
    await tunnel.connect();
    expect(tunnel.state).toMatchObject({ kind: "connected", link });
    const chunks = (await all(tunnel.openStream(ask()))).map(({ chunk }) => chunk);
    const agents = chunks.flatMap((chunk) => (chunk.case === "metadata" ? [`${chunk.value.agent} ${Phase[chunk.value.phase]}`] : []));
    for (const agent of ["pathos", "logos", "ethos"])
      expect(agents).toEqual(expect.arrayContaining([`${agent} THINKING`, `${agent} VERIFYING`]));
    expect(agents.at(-1)).toBe("logos RESPONDING");
    const content = chunks.flatMap((chunk) => (chunk.case === "content" ? [chunk.value] : [])).join("");
    expect(content).toContain("[PERSON_01]");
    const end = chunks.at(-1);
    if (end?.case !== "end") throw new Error("the stream has no end");
    expect(end.value.decision).toMatchObject({ outcome: Outcome.ANSWERED, citations: [{ passage: 0, start: 0 }] });
    expect(end.value.tokensUsed?.completion).toBeGreaterThan(0);
    expect(await balance()).toMatchObject({ unbilled: Number(end.value.chargeNanoDollars), held: 0 });

    const whole = await tunnel.request("escalationRequest", ask());
    expect(whole.content).toBe(content);
    expect(await balance()).toMatchObject({ unbilled: Number(end.value.chargeNanoDollars + whole.chargeNanoDollars) });
    expect(await call("GET", "/v1/devices")).toMatchObject({ devices: [{ id: device.deviceId, name: "laptop" }] });
  });

  test("whoever leaves stops the work, in a stream and without one, and what it took is charged", async () => {
    const { tunnel, ask, balance } = await setUp(`leaves-${link}`, [link]);
    await tunnel.connect();
    for (const stream of [true, false]) {
      const leave = new AbortController();
      const slow = ask({ modelId: "gpt-4-turbo" });
      const before = (await balance()).unbilled;
      const work = stream
        ? all(tunnel.openStream(slow, { signal: leave.signal }))
        : tunnel.request("escalationRequest", slow, { signal: leave.signal });
      const refused = expect(work).rejects.toThrow();
      await expect.poll(async () => (await balance()).held, { timeout: 20_000, interval: 250 }).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      leave.abort();
      await refused;
      await expect.poll(async () => (await balance()).held, { timeout: 20_000, interval: 250 }).toBe(0);
      expect((await balance()).unbilled).toBeGreaterThan(before);
    }
  });

  test("a device that is revoked is refused at once, and its connection ends", async () => {
    const { tunnel, device, ask, call } = await setUp(`revoked-${link}`, [link]);
    await tunnel.connect();
    expect(await call("DELETE", `/v1/devices/${device.deviceId}`)).toEqual({ revoked: true });
    await expect(tunnel.request("escalationRequest", ask())).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
    await expect.poll(() => tunnel.state.kind, { timeout: 20_000 }).toBe("failed");
    await expect(tunnel.connect()).rejects.toMatchObject({ code: "TUNNEL_REFUSED" });
  });
});

describe("the tunnel", () => {
  test("counts usage once, acknowledges heartbeats, and renews the certificate of the device that asks", async () => {
    const { tunnel, device, call } = await setUp("several", ["quic"]);
    await call("PUT", "/v1/billing/tier", { tier: "byok" });
    await tunnel.connect();
    expect(await tunnel.request("heartbeat", { deviceId: device.deviceId, sequence: 7n })).toMatchObject({ sequence: 7n });
    expect(await tunnel.request("prewarmSignal", {})).toMatchObject({ warmed: false });
    const used = { id: "event-0001", atUnixMs: BigInt(Date.now()), model: "claude-opus", tokens: { prompt: 1000, completion: 10 } };
    const [first, again] = [
      await tunnel.request("usageSyncRequest", { events: [used] }),
      await tunnel.request("usageSyncRequest", { events: [used] }),
    ];
    expect(first).toMatchObject({ countedIds: ["event-0001"], tier: Tier.BYOK });
    expect(first.unbilledNanoDollars).toBeGreaterThan(0n);
    expect(again).toEqual(first);
    const { request } = await createDeviceRequest("laptop");
    const { certificate, expiresUnixMs } = await tunnel.request("renewalRequest", { request });
    expect(certificate).not.toBe(device.certificate);
    expect(Number(expiresUnixMs)).toBeGreaterThanOrEqual(device.expiresAt);
  });

  test.each([
    ["a secret", { query: `Is ghp_${"aB3dE6gH9k".repeat(4).slice(0, 36)} right?` }, "ESCALATION_FAILED", ErrorCode.INVALID],
    ["an unknown model", { modelId: "nobody" }, "ESCALATION_FAILED", ErrorCode.NOT_FOUND],
    ["no question", { query: "" }, "ESCALATION_FAILED", ErrorCode.INVALID],
    ["another user's name", { userId: "somebody" }, "TUNNEL_REFUSED", ErrorCode.FORBIDDEN],
    ["a model that nobody can run now", { modelId: "claude-opus" }, "ESCALATION_FAILED", ErrorCode.UNAVAILABLE],
  ] as const)("tells why it does not take %s", async (what, more, code, told) => {
    const { tunnel, ask } = await setUp(`refusal-${what.replaceAll(/\W/g, "-")}`, ["h2"]);
    await tunnel.connect();
    await expect(tunnel.request("escalationRequest", ask(more))).rejects.toMatchObject({ code, cause: { told: { code: told } } });
  });

  test("a link that breaks under a question costs neither its answer nor its price a second time", async () => {
    const { tunnel, ask, balance } = await setUp("breaks", ["quic"]);
    await tunnel.connect();
    const once = ask();
    const answer = await tunnel.request("escalationRequest", once);
    const before = await balance();
    tunnel.renew();
    expect(await tunnel.request("escalationRequest", once)).toEqual(answer);
    expect(await balance()).toEqual(before);
    const under = tunnel.request("escalationRequest", ask());
    await expect.poll(async () => (await balance()).held, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
    tunnel.renew();
    expect((await under).content).toBe(answer.content);
    expect(tunnel.statistics.counts.reconnects).toBeGreaterThan(0);
  });

  test("says when the ceiling is reached", async () => {
    const { tunnel, ask } = await setUp("ceiling", ["h2"]);
    await tunnel.connect();
    await use(cloud, "ceiling@example.com", "claude-opus", { in: 6_500_000, out: 0 });
    const refused = { code: "TUNNEL_RATE_LIMITED", cause: { told: { code: ErrorCode.CREDIT_CEILING_EXCEEDED, notProcessed: true } } };
    await expect(tunnel.request("escalationRequest", ask())).rejects.toMatchObject(refused);
    await expect(all(tunnel.openStream(ask()))).rejects.toMatchObject(refused);
  });
});
