/** What the Worker takes in frames, and what it says to bytes that are none. The way over a gateway is tested in cloud/local. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fetch, signIn } from "../../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../local/start.ts";
import { FrameDecoder } from "../../wire/frames.ts";
import { ErrorCode } from "../../wire/generated/cloud_pb.js";
import { decodeMessage, encodeMessage } from "../../wire/messages.ts";
import { FRAMES_CONTENT, requestPath } from "../../wire/requests.ts";

let cloud: LocalCloud;
let key: string;
const fetch: Fetch = (path, init) => cloud.server.fetch(path, init as never) as never;
beforeAll(async () => {
  cloud = await startLocalCloud();
  key = await signIn(fetch, cloud.mail, "ada@example.com");
});
afterAll(() => cloud.close());

async function post(path: string, body: Uint8Array, headers: Record<string, string> = {}) {
  const all = { authorization: `Bearer ${key}`, "content-type": FRAMES_CONTENT, ...headers };
  const response = await fetch(path, { method: "POST", headers: all, body: body as Uint8Array<ArrayBuffer> });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, FRAMES_CONTENT]);
  return [...new FrameDecoder().push(new Uint8Array(await response.arrayBuffer()))];
}

async function refusal(path: string, body: Uint8Array, headers: Record<string, string> = {}) {
  const [frame, ...more] = await post(path, body, headers);
  if (!frame || more.length > 0) throw new Error("one frame was expected");
  return decodeMessage("error", frame);
}

const hello = encodeMessage("hello", { protocol: 3, oldestProtocol: 1, deviceId: "laptop" });
const heartbeat = encodeMessage("heartbeat", { sequence: 1n });
const head = (idempotencyKey: string) => encodeMessage("requestHead", { idempotencyKey });
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe("a device with a key of its user's, and no gateway", () => {
  test("is told who it is", async () => {
    const [frame] = await post(requestPath("hello"), hello);
    expect(frame && decodeMessage("helloAck", frame)).toMatchObject({ protocol: 1, deviceId: "laptop", maxStreams: 32 });
  });

  test("may name a request, as its header does", async () => {
    const [frame] = await post(requestPath("heartbeat"), joined(head("k-1"), heartbeat), { "idempotency-key": "k-1" });
    expect(frame && decodeMessage("heartbeatAck", frame).sequence).toBe(1n);
  });

  test("may do what its key may, and no certificate is renewed for it", async () => {
    const narrow = await signIn(fetch, cloud.mail, "narrow@example.com", "sessions");
    const other = { authorization: `Bearer ${narrow}` };
    expect((await refusal(requestPath("heartbeat"), heartbeat, other)).code).toBe(ErrorCode.FORBIDDEN);
    const renewal = encodeMessage("renewalRequest", { request: "x" });
    expect((await refusal(requestPath("renewalRequest"), renewal)).code).toBe(ErrorCode.FORBIDDEN);
  });

  test("that asks too often is told for how long to wait, and that nothing was done", async () => {
    const busy = { authorization: `Bearer ${await signIn(fetch, cloud.mail, "busy@example.com")}` };
    const codes = new Set<number>();
    // More than twice what a minute allows: a new minute may begin meanwhile.
    for (let i = 0; i < 25 && codes.size === 0; i++) {
      const frames = await Promise.all(Array.from({ length: 20 }, () => post(requestPath("heartbeat"), heartbeat, busy)));
      for (const [frame] of frames) {
        if (frame?.name !== "error") continue;
        const { code, retryAfterMs, notProcessed } = decodeMessage("error", frame);
        expect([retryAfterMs, notProcessed]).toEqual([60_000, true]);
        codes.add(code);
      }
    }
    expect([...codes]).toEqual([ErrorCode.RATE_LIMITED]);
  });
});

describe("is refused, in a frame:", () => {
  test.each<[string, string, Uint8Array, Record<string, string>, ErrorCode]>([
    ["a stranger", requestPath("hello"), hello, { authorization: "Bearer nobody" }, ErrorCode.UNAUTHENTICATED],
    ["a name that is no request", "/v1/tunnel/helloAck", hello, {}, ErrorCode.NOT_FOUND],
    ["a name of every object", "/v1/tunnel/constructor", hello, {}, ErrorCode.NOT_FOUND],
    ["another request than the path says", requestPath("hello"), heartbeat, {}, ErrorCode.INVALID],
    ["nothing", requestPath("hello"), new Uint8Array(0), {}, ErrorCode.INVALID],
    ["a head alone", requestPath("hello"), head("k"), { "idempotency-key": "k" }, ErrorCode.INVALID],
    ["two requests", requestPath("hello"), joined(hello, hello), {}, ErrorCode.INVALID],
    ["a frame that is cut off", requestPath("hello"), hello.subarray(0, 7), {}, ErrorCode.INVALID],
    ["bytes that are no frame", requestPath("hello"), new Uint8Array(64).fill(0xee), {}, ErrorCode.INVALID],
    ["a frame that is no message", requestPath("hello"), Uint8Array.of(1, 0, 0, 0, 2, 0xff, 0xff), {}, ErrorCode.INVALID],
    [
      "another key than the header's",
      requestPath("heartbeat"),
      joined(head("a"), heartbeat),
      { "idempotency-key": "b" },
      ErrorCode.INVALID,
    ],
    ["another content type", requestPath("hello"), hello, { "content-type": "application/json" }, ErrorCode.INVALID],
    ["more than it takes", requestPath("escalationRequest"), new Uint8Array(1024 * 1024 + 1), {}, ErrorCode.TOO_LARGE],
    [
      "a version that is not spoken",
      requestPath("hello"),
      encodeMessage("hello", { protocol: 9, oldestProtocol: 9 }),
      {},
      ErrorCode.VERSION,
    ],
    ["usage of nothing", requestPath("usageSyncRequest"), encodeMessage("usageSyncRequest", {}), {}, ErrorCode.INVALID],
    [
      "usage on a tier that has none",
      requestPath("usageSyncRequest"),
      encodeMessage("usageSyncRequest", { events: [{ id: "event-0001", model: "claude-opus" }] }),
      {},
      ErrorCode.INVALID,
    ],
    [
      "a question with more passages than are read",
      requestPath("escalationRequest"),
      encodeMessage("escalationRequest", { requestId: randomUUID(), query: "Which?", context: { localKnowledge: Array(41).fill("x") } }),
      {},
      ErrorCode.INVALID,
    ],
    [
      "a question in a project that its user has no part in",
      requestPath("escalationRequest"),
      encodeMessage("escalationRequest", { requestId: randomUUID(), query: "Which?", projectId: randomUUID() }),
      {},
      ErrorCode.NOT_FOUND,
    ],
    [
      "a secret in what was said before",
      requestPath("escalationRequest"),
      encodeMessage("escalationRequest", {
        requestId: randomUUID(),
        query: "Which?",
        context: {
          conversationHistory: [
            { role: 2, content: "this?" },
            { role: 3, content: `ghp_${"aB3dE6gH9k".repeat(4).slice(0, 36)}` },
          ],
        },
      }),
      {},
      ErrorCode.INVALID,
    ],
  ])("%s", async (_what, path, body, headers, code) => {
    const told = await refusal(path, body, headers);
    expect([told.code, told.notProcessed]).toEqual([code, true]);
    expect(told.message).not.toMatch(/ghp_|nobody/);
  });

  test("an adapter's piece, read as a whole, and an invite: by which way they go is told", async () => {
    const value = { uploadId: "u", index: 0, data: new Uint8Array(5 * 1024 * 1024) };
    const told = await refusal(requestPath("loraRequest"), encodeMessage("loraRequest", { call: { case: "chunk", value } }));
    const invite = { call: { case: "listInvites" as const, value: {} } };
    const other = await refusal(requestPath("collaborationRequest"), encodeMessage("collaborationRequest", invite));
    for (const { code, reason, notProcessed, message } of [told, other]) {
      expect([code, reason, notProcessed]).toEqual([ErrorCode.INVALID, "not_in_tunnel", true]);
      expect(message).toContain("/v1/loras");
    }
  });
});
