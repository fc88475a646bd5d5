/** The client against real servers on loopback that behave well, badly and not at all. */
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod/mini";
import { prepareDevelopment } from "../../cloud/gateway/development.ts";
import { CLOUD_ERROR_CODES, CloudError } from "../../cloud/worker/errors.ts";
import { CloudApi, type CloudRequest } from "./cloud-api.ts";
import { askForCode, awaitApproval } from "./sign-in.ts";

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives these answers in turn, the last one again and again; and a client of it. */
async function api(answers: readonly Answer[], more: { timeoutMs?: number; key?: string } = {}) {
  const seen: { method: string; path: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const handle: RequestListener = (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    request.on("end", () => {
      seen.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
      answers[Math.min(seen.length, answers.length) - 1]?.(request, response);
    });
  };
  const server = createServer(handle);
  const url = `http://127.0.0.1:${await listen(server)}`;
  onTestFinished(() => server.closeAllConnections());
  return { cloud: new CloudApi({ url, key: "k", repeatMs: 1, ...more }), seen, url };
}

const json =
  (value: unknown, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
const text =
  (body: string, status = 200, headers = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);
const cut: Answer = (request) => void request.socket.destroy();
const silent: Answer = () => {};
const half: Answer = (request, response) => {
  response.writeHead(200, { "content-length": "100" }).write("{");
  setTimeout(() => request.socket.destroy(), 10);
};

const schema = z.object({ n: z.int() });
const ok = json({ n: 1 });

test("a request carries the key, its body as JSON and the idempotency key, and its answer is checked", async () => {
  const { cloud, seen } = await api([ok]);
  expect(await cloud.post("/v1/x?y=1", { body: { a: "é" }, schema, idempotencyKey: "one" })).toEqual({ n: 1 });
  expect(seen).toMatchObject([{ method: "POST", path: "/v1/x?y=1", body: '{"a":"é"}' }]);
  expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer k", "idempotency-key": "one", "content-type": "application/json" });
  expect(await cloud.put("/v1/x", { body: Buffer.from([1, 2]), schema })).toEqual({ n: 1 });
  expect(seen[1]).toMatchObject({ method: "PUT", headers: { "content-type": "application/octet-stream", "content-length": "2" } });
});

/** Exit codes of the command line: 5 for limits, 1 for faults that are not the user's, 2 for the rest. */
const exitOf = (status: number) => (status === 402 || status === 429 ? 5 : status >= 500 ? 1 : 2);

test.for(CLOUD_ERROR_CODES)("the Worker's %s has its exit code, and says what the Worker says", async (code) => {
  const error = new CloudError(code);
  const { cloud } = await api([json(error.body, error.status)]);
  const refused = await cloud.post("/v1/x", { schema }).catch((thrown) => thrown);
  expect(refused).toMatchObject({ exit: exitOf(error.status), cloudCode: code, status: error.status });
  if (code === "unauthenticated") expect(refused.next).toContain("synesis cloud login");
  else expect(`${refused.message} ${refused.next}`).toContain(`${error.message} ${error.body.error.next}`);
});

interface Case {
  readonly answers: readonly Answer[];
  readonly gives: unknown;
  readonly asked: number;
  readonly how?: Partial<CloudRequest<unknown>> & { readonly method?: "get" | "post" | "delete" };
}

const CASES: Readonly<Record<string, Case>> = {
  "a read is repeated when the connection breaks": { answers: [cut, half, ok], gives: { n: 1 }, asked: 3 },
  "a read is repeated when a gateway fails": { answers: [text("", 502), text("<html>", 503), ok], gives: { n: 1 }, asked: 3 },
  "after three attempts it says so": { answers: [cut], gives: { code: "CLOUD_UNREACHABLE", exit: 1 }, asked: 3 },
  "a fault of the cloud itself is not repeated": { answers: [json({}, 500), ok], gives: { code: "CLOUD_FAILED" }, asked: 1 },
  "a limit is not repeated": { answers: [json({}, 429), ok], gives: { code: "CLOUD_BUSY", exit: 5 }, asked: 1 },
  "a POST that broke is not repeated": { answers: [cut, ok], gives: { code: "TUNNEL_INTERRUPTED" }, asked: 1, how: { method: "post" } },
  "a POST whose answer broke is not repeated": {
    answers: [half, ok],
    gives: { code: "TUNNEL_INTERRUPTED" },
    asked: 1,
    how: { method: "post" },
  },
  "a POST with an idempotency key is repeated": {
    answers: [cut, ok],
    gives: { n: 1 },
    asked: 2,
    how: { method: "post", idempotencyKey: "one" },
  },
  "an answer of another form": { answers: [json({ n: "1" })], gives: { code: "CLOUD_FAILED", message: /another form: n/ }, asked: 1 },
  "an answer that is no JSON": { answers: [text("<html>")], gives: { code: "CLOUD_FAILED" }, asked: 1 },
  "an answer without end": { answers: [text("x".repeat(9 * 2 ** 20))], gives: { code: "CLOUD_FAILED", message: /too long/ }, asked: 1 },
  "another host is not followed": {
    answers: [text("", 307, { location: "http://127.0.0.1:9/" })],
    gives: { code: "CLOUD_UNREACHABLE", message: /leads elsewhere/ },
    asked: 1,
  },
  "silence ends at the time limit": { answers: [silent], gives: { code: "CLOUD_TIMEOUT" }, asked: 1, how: { timeoutMs: 80 } },
  "an answer without a body is undefined": {
    answers: [(_, response) => void response.writeHead(204).end()],
    gives: undefined,
    asked: 1,
    how: { method: "delete", schema: z.undefined() },
  },
};

test.for(Object.entries(CASES))("%s", async ([, { answers, gives, asked, how = {} }]) => {
  const { method = "get", ...request } = how;
  const { cloud, seen } = await api(answers);
  const whole = { schema: schema as z.core.$ZodType<unknown>, ...request };
  const result = await cloud[method]("/v1/x", whole).catch((thrown: unknown) => thrown);
  const { message, ...rest } = (gives ?? {}) as { message?: RegExp };
  if (gives === undefined) expect(result).toBeUndefined();
  else expect(result).toMatchObject(rest);
  if (message) expect((result as Error).message).toMatch(message);
  expect(seen.length).toBe(asked);
});

test("nobody listening, and a request to another host", async () => {
  const cloud = new CloudApi({ url: "http://127.0.0.1:9", key: "k", repeatMs: 1 });
  await expect(cloud.post("/v1/x", { schema })).rejects.toMatchObject({ code: "CLOUD_UNREACHABLE", exit: 1 });
  await expect(cloud.get("//evil.example/", { schema })).rejects.toMatchObject({ code: "INTERNAL" });
});

test("a signal ends a request, also between attempts", async () => {
  const { cloud } = await api([silent]);
  const reason = new DOMException("Interrupted", "AbortError");
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 20);
  await expect(cloud.get("/v1/x", { schema, signal: stop.signal })).rejects.toBe(reason);
  await expect(cloud.get("/v1/x", { schema, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("events come one by one; a refusal, a break and a silence are told", async () => {
  const events: Answer = (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("event: a\ndata: 1\n\n");
    setTimeout(() => response.write("event: b\ndata: 2\n\n"), 20);
    setTimeout(() => (request.url === "/cut" ? request.socket.destroy() : request.url === "/silent" || response.end()), 40);
  };
  const { cloud } = await api([events]);
  const read = async (path: string) => {
    const got: string[] = [];
    for await (const { event, data } of cloud.events(path, { body: {}, timeoutMs: 100 })) got.push(event + data);
    return got;
  };
  expect(await read("/v1/x")).toEqual(["a1", "b2"]);
  await expect(read("/cut")).rejects.toMatchObject({ code: "CLOUD_FAILED" });
  await expect(read("/silent")).rejects.toMatchObject({ code: "CLOUD_TIMEOUT" });
  const { cloud: poor } = await api([json(new CloudError("credit_ceiling_exceeded").body, 402)]);
  await expect(poor.events("/v1/x", {}).next()).rejects.toMatchObject({ code: "CLOUD_LIMIT_REACHED", exit: 5 });
});

test("an answer that comes before all was sent ends the connection: what is left would keep the process alive", async () => {
  const { promise: taken, resolve } = Promise.withResolvers<Socket>();
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
      resolve(socket);
    });
  });
  const cloud = new CloudApi({ url: `http://127.0.0.1:${await listen(server)}`, key: "k" });
  await cloud.put("/v1/part", { body: new Uint8Array(16 * 1024 * 1024), schema: z.unknown() });
  const socket = await taken;
  const closed = once(socket, "close");
  socket.resume();
  await closed;
});

test("leaving the loop over events ends the request", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const endless: Answer = (_, response) => {
    response.writeHead(200).write("data: 1\n\n");
    response.on("close", resolve);
  };
  const { cloud } = await api([endless]);
  for await (const { data } of cloud.events("/v1/x", {})) {
    expect(data).toBe("1");
    break;
  }
  await closed;
});

test("TLS below 1.3 and a certificate that nobody vouches for are refused", async () => {
  const { key, cert } = await prepareDevelopment(mkdtempSync(join(tmpdir(), "tls-")));
  let asked = 0;
  const start = async (maxVersion: "TLSv1.2" | "TLSv1.3") => {
    const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert), maxVersion }, (_, response) => {
      asked++;
      response.end('{"n":1}');
    });
    return new CloudApi({ url: `https://localhost:${await listen(server)}`, key: "k", repeatMs: 1 });
  };
  await expect((await start("TLSv1.3")).get("/v1/x", { schema })).rejects.toMatchObject({ code: "TUNNEL_SERVER_UNTRUSTED" });
  await expect((await start("TLSv1.2")).get("/v1/x", { schema })).rejects.toMatchObject({ code: "CLOUD_UNREACHABLE" });
  expect(asked).toBe(0);
});

const CODE = {
  device_code: "d",
  user_code: "BCDF-GHJK",
  verification_uri: "https://c.example/d",
  verification_uri_complete: "https://c.example/d?u",
  expires_in: 5,
};
const pending = json({ error: "authorization_pending" }, 400);
const signal = new AbortController().signal;

test("a code is asked about until it is approved, also through failures, and less often when told so", async () => {
  const { cloud, seen } = await api([json({ ...CODE, interval: 0.01 }), pending, cut, json({}, 429), json({ access_token: "key" })]);
  const code = await askForCode(cloud, signal);
  expect(await awaitApproval(cloud, code, signal)).toBe("key");
  expect(seen.length).toBe(5);
  expect(seen[1]?.body).toBe("client_id=synesis&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d");
});

test.for([
  ["access_denied", /denied/],
  ["expired_token", /expired/],
] as const)("a sign-in ends with %s", async ([error, message]) => {
  const { cloud } = await api([pending, json({ error }, 400)]);
  const ended = awaitApproval(cloud, { ...CODE, interval: 0.01 }, signal);
  await expect(ended).rejects.toMatchObject({ code: "CLOUD_SIGN_IN_FAILED", exit: 2, message: expect.stringMatching(message) });
});

test("a code that nobody approves ends by itself", async () => {
  const { cloud } = await api([pending]);
  await expect(awaitApproval(cloud, { ...CODE, interval: 0.01, expires_in: 0.1 }, signal)).rejects.toMatchObject({
    code: "CLOUD_SIGN_IN_FAILED",
  });
});
