/**
 * Stands in for the Cloudflare Worker behind a gateway: a real HTTP server in a process of its own. It accepts a request
 * only with a good identity statement, used once, and counts how often each request was done.
 */
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type Frame, FrameDecoder } from "../../cloud/wire/frames.ts";
import { IDENTITY_HEADER, type IdentityStatement, readIdentity } from "../../cloud/wire/identity-header.ts";
import { decodeMessage, encodeMessage } from "../../cloud/wire/messages.ts";
import { FRAMES_CONTENT } from "../../cloud/wire/requests.ts";

const spki = new Uint8Array(createPublicKey(readFileSync(process.argv[2] ?? "", "utf8")).export({ type: "spki", format: "der" }));
const TOKEN = "a-token";
const nonces = new Set<string>();
/** How often each request came, by its id or idempotency key. One that comes again is answered and not done again. */
const done = new Map<string, number>();

const handle = (request: IncomingMessage, response: ServerResponse) => {
  serve(request, response).catch((error) => {
    if (!response.headersSent) response.writeHead(400);
    response.end(String(error));
  });
};
const [key, cert] = process.argv.slice(4, 6).map((file) => readFileSync(file, "utf8"));
const server = createServer(handle);
const secure = createSecureServer({ key, cert }, handle);
for (const each of [server, secure]) each.keepAliveTimeout = 30_000;
const host = process.argv[6] ?? "127.0.0.1";
server.listen(Number(process.argv[3] ?? 0), host, () =>
  secure.listen(0, host, () => {
    const [port, securePort] = [server, secure].map((each) => (each.address() as AddressInfo).port);
    process.stdout.write(`${JSON.stringify({ port, securePort })}\n`);
  }),
);

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === "/done") return void response.end(JSON.stringify(Object.fromEntries(done)));
  const path = request.url ?? "";
  const identity = await identify(request, path);
  if (!identity || nonces.has(identity.nonce)) return void response.writeHead(401).end();
  nonces.add(identity.nonce);
  if (path === "/v1/gateway/revocations") return void response.end('{"revoked":[]}');
  const frames: Frame[] = [];
  const decoder = new FrameDecoder();
  for await (const bytes of request) frames.push(...decoder.push(bytes));
  decoder.end();
  for (const frame of frames) await answer(frame, identity, response);
  response.end();
}

/** A gateway signs whose request it forwards; a device without a gateway shows the token that it got at sign-in. */
async function identify(request: IncomingMessage, path: string): Promise<IdentityStatement | undefined> {
  const method = request.method ?? "";
  const idempotencyKey = String(request.headers["idempotency-key"] ?? "");
  if (request.headers.authorization === `Bearer ${TOKEN}`)
    return {
      userId: "ann",
      deviceId: "laptop",
      gatewayId: "",
      method,
      path,
      idempotencyKey,
      issuedUnixMs: Date.now(),
      nonce: crypto.randomUUID(),
    };
  return readIdentity(String(request.headers[IDENTITY_HEADER] ?? ""), spki, { method, path, nowUnixMs: Date.now() });
}

async function answer(frame: Frame, identity: IdentityStatement, response: ServerResponse): Promise<void> {
  const say = (bytes: Uint8Array) => {
    if (!response.headersSent) response.writeHead(200, { "content-type": FRAMES_CONTENT });
    return response.write(bytes);
  };
  if (frame.name === "hello") say(encodeMessage("helloAck", { protocol: 1, userId: identity.userId, deviceId: identity.deviceId }));
  else if (frame.name === "heartbeat") {
    const { sequence } = decodeMessage("heartbeat", frame);
    count(`heartbeat of ${identity.deviceId}`);
    say(encodeMessage("heartbeatAck", { sequence, receivedUnixMs: BigInt(Date.now()) }));
  } else if (frame.name === "prewarmSignal") say(encodeMessage("prewarmAck", { warmed: true }));
  else if (frame.name === "loraRequest") {
    count(identity.idempotencyKey);
    say(encodeMessage("loraResponse", { result: { case: "received", value: { index: frame.payload.length } } }));
  } else if (frame.name === "collaborationRequest") {
    count(identity.idempotencyKey || "unkeyed");
    await wait(100);
    say(encodeMessage("collaborationResponse", { result: { case: "done", value: {} } }));
  } else if (frame.name === "escalationRequest") await escalate(frame, identity, say, response);
}

/**
 * The question says what to do: `wait:MS`, `size:BYTES`, `chunks:N`, `status:CODE`, `break`; otherwise it comes back, but
 * not in a stream.
 */
async function escalate(
  frame: Frame,
  identity: IdentityStatement,
  say: (bytes: Uint8Array) => boolean,
  response: ServerResponse,
): Promise<void> {
  const { requestId, query, stream } = decodeMessage("escalationRequest", frame);
  count(requestId);
  const [, order = "", value = ""] = /^(\w+):(\d+)$/.exec(query) ?? [];
  if (order === "wait") await wait(Number(value));
  if (order === "status") return void response.writeHead(Number(value), { "retry-after": "1" });
  if (query === "break") return void response.destroy();
  if (stream) {
    const pieces = order === "chunks" ? Number(value) : 3;
    for (let i = 0; i < pieces; i += 1) {
      say(encodeMessage("streamChunk", { requestId, chunk: { case: "content", value: `${i} ` } }));
      if (i % 16 === 0) await wait(1);
    }
    say(encodeMessage("streamChunk", { requestId, chunk: { case: "end", value: { totalLatencyMs: 1 } } }));
    return;
  }
  const content = order === "size" ? "x".repeat(Number(value)) : query;
  say(encodeMessage("escalationResponse", { requestId, content, modelUsed: `${identity.userId}/${identity.deviceId}` }));
}

function count(id: string): void {
  done.set(id, (done.get(id) ?? 0) + 1);
}
