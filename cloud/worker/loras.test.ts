import { createHash, randomBytes, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";
import { FrameDecoder } from "../wire/frames.ts";
import { ErrorCode } from "../wire/generated/cloud_pb.js";
import { decodeMessage, encodeMessage, type InitOf } from "../wire/messages.ts";
import { FRAMES_CONTENT, requestPath } from "../wire/requests.ts";
import { PART_BYTES } from "./adapters/adapter.ts";

let cloud: LocalCloud;
let addresses = 0;
/** Each request comes from an address of its own, so that their limits do not meet. */
const fetch = (path: string, init?: RequestInit) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.1.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as unknown as Promise<Response>;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, never> & { error?: { code: string; message: string } };
}
async function call(
  key: string,
  method: string,
  path: string,
  body?: object | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const bytes = body instanceof Uint8Array;
  const response = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && !bytes && { "content-type": "application/json" }), ...headers },
    ...(body && { body: bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

let users = 0;
const user = () => signIn(fetch, cloud.mail, `adapters-${users++}@example.com`);

/** What looks like a GGUF file of this size to the cloud. */
const fileOf = (size: number, begin = "GGUF"): Buffer => Buffer.concat([Buffer.from(begin), randomBytes(size - begin.length)]);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const announced = (bytes: Uint8Array, more: object = {}) => ({
  name: "tone",
  baseModel: "meta-llama/Llama-3.3-70B-Instruct",
  kind: "gguf",
  rank: 8,
  sizeBytes: bytes.length,
  sha256: sha256(bytes),
  ...more,
});
const part = (bytes: Uint8Array, number: number) => bytes.subarray((number - 1) * PART_BYTES, number * PART_BYTES);
const sendPart = (key: string, id: string, number: number, bytes: Uint8Array, headers?: Record<string, string>) =>
  call(key, "PUT", `/v1/loras/uploads/${id}/parts/${number}`, bytes, headers);

async function upload(key: string, bytes: Uint8Array, more: object = {}): Promise<Answer> {
  const { body } = await call(key, "POST", "/v1/loras", announced(bytes, more));
  const numbers = Array.from({ length: Number(body["parts"]) }, (_, i) => i + 1);
  await Promise.all(numbers.map((number) => sendPart(key, body["id"] ?? "", number, part(bytes, number))));
  return call(key, "POST", `/v1/loras/uploads/${body["id"]}/complete`);
}
const listed = async (key: string) =>
  (await call(key, "GET", "/v1/loras")).body as unknown as { adapters: { name: string; id: string }[]; usedBytes: number };
const stored = async () => {
  const bucket = (await cloud.server.getWorker().getEnv()) as { LORAS: R2Bucket };
  return (await bucket.LORAS.list()).objects.map(({ key }) => key);
};

describe("an adapter", () => {
  test("is uploaded in parts, in any order and at once, verified, listed, and deleted with its bytes", async () => {
    const key = await user();
    const bytes = fileOf(2 * PART_BYTES + 1000);
    const done = await upload(key, bytes);
    expect(done).toMatchObject({ status: 200, body: { name: "tone", sizeBytes: bytes.length, sha256: sha256(bytes), models: [] } });
    expect(await listed(key)).toMatchObject({ adapters: [{ name: "tone" }], usedBytes: bytes.length });
    const id = String(done.body["id"]);
    expect((await stored()).filter((one) => one.includes(id))).toHaveLength(1);
    expect((await call(key, "DELETE", `/v1/loras/${id}`)).status).toBe(200);
    expect(await listed(key)).toMatchObject({ adapters: [], usedBytes: 0 });
    expect((await stored()).filter((one) => one.includes(id))).toEqual([]);
  });

  test("that is there with this checksum is there at once; another file under its name needs force", async () => {
    const key = await user();
    const [first, second] = [fileOf(1000), fileOf(2000)];
    const { body } = await upload(key, first);
    expect((await call(key, "POST", "/v1/loras", announced(first))).body).toMatchObject({ id: body["id"], state: "ready" });
    expect((await call(key, "POST", "/v1/loras", announced(second))).body.error?.code).toBe("conflict");
    const replaced = await upload(key, second, { force: true });
    expect((await listed(key)).adapters).toMatchObject([{ id: replaced.body["id"], sizeBytes: 2000 }]);
    expect((await stored()).filter((one) => one.includes(String(body["id"])))).toEqual([]);
  });

  test("goes on after a break: its state tells the parts that are missing", async () => {
    const key = await user();
    const bytes = fileOf(2 * PART_BYTES + 5);
    const { body } = await call(key, "POST", "/v1/loras", announced(bytes));
    const id = String(body["id"]);
    await sendPart(key, id, 3, part(bytes, 3));
    await sendPart(key, id, 1, part(bytes, 1));
    expect((await call(key, "POST", `/v1/loras/uploads/${id}/complete`)).body.error).toMatchObject({ code: "conflict" });
    expect((await call(key, "GET", `/v1/loras/uploads/${id}`)).body).toMatchObject({ state: "uploading", parts: 3, received: [1, 3] });
    expect((await call(key, "POST", "/v1/loras", announced(bytes))).body).toMatchObject({ id, received: [1, 3] });
    await sendPart(key, id, 2, part(bytes, 2));
    expect((await call(key, "POST", `/v1/loras/uploads/${id}/complete`)).status).toBe(200);
  });

  test("may be sent by two at once: one upload, one adapter, and both hear of it", async () => {
    const key = await user();
    const bytes = fileOf(PART_BYTES + 100);
    const answers = await Promise.all([upload(key, bytes), upload(key, bytes)]);
    const { adapters } = await listed(key);
    for (const { status, body } of answers)
      if (status === 200) expect(body["id"]).toBe(adapters[0]?.id);
      else expect(body.error?.code).toBe("conflict");
    expect(adapters).toHaveLength(1);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
  });

  test("may come packed, part by part; what unpacks to another length is refused", async () => {
    const key = await user();
    const bytes = Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(PART_BYTES + 100)]);
    const { body } = await call(key, "POST", "/v1/loras", announced(bytes));
    const id = String(body["id"]);
    const packed = { "content-encoding": "gzip" };
    expect((await sendPart(key, id, 1, gzipSync(part(bytes, 1)), packed)).status).toBe(200);
    for (const [what, wrong] of [
      ["too little", gzipSync(Buffer.alloc(50))],
      ["too much", gzipSync(Buffer.alloc(100_000_000))],
      ["half", gzipSync(part(bytes, 2)).subarray(0, 12)],
      ["nothing packed", randomBytes(50)],
    ] as const)
      expect((await sendPart(key, id, 2, wrong, packed)).body.error?.code, what).toBe("invalid_request");
    expect((await sendPart(key, id, 2, gzipSync(part(bytes, 2)), packed)).status).toBe(200);
    expect((await call(key, "POST", `/v1/loras/uploads/${id}/complete`)).status).toBe(200);
  });

  for (const [what, bytes, more, code] of [
    ["a wrong checksum", fileOf(5000), { sha256: "0".repeat(64) }, "checksum_wrong"],
    ["another beginning", fileOf(5000, "<!doctype"), {}, "adapter_invalid"],
    ["a few bytes only", Buffer.from("GGUF"), {}, "adapter_invalid"],
    ["another kind", fileOf(5000), { kind: "safetensors" }, "adapter_invalid"],
  ] as const)
    test(`with ${what} is refused, and nothing of it is kept`, async () => {
      const key = await user();
      expect((await upload(key, bytes, more)).body.error?.code).toBe(code);
      expect(await listed(key)).toMatchObject({ adapters: [], usedBytes: 0 });
    });

  for (const [what, more, code] of [
    ["of no bytes", { sizeBytes: 0 }, "invalid_request"],
    ["of 10 GB", { sizeBytes: 10e9 }, "invalid_request"],
    ["with a path as its name", { name: "../x" }, "invalid_request"],
    ["without a checksum", { sha256: "x" }, "invalid_request"],
    ["with a configuration of anything", { config: { r: 8, lora_alpha: 16, target_modules: [], code: "x" } }, "invalid_request"],
  ] as const)
    test(`${what} is not begun`, async () => {
      const key = await user();
      expect((await call(key, "POST", "/v1/loras", announced(fileOf(10), more))).body.error?.code).toBe(code);
    });

  test("beyond the quota is not begun, also when several begin at once", async () => {
    const key = await user();
    const begin = (name: string) => call(key, "POST", "/v1/loras", announced(fileOf(10), { name, sizeBytes: 2 ** 31 }));
    const answers = await Promise.all(["a", "b", "c", "d", "e", "f"].map(begin));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(answers.filter(({ body }) => body.error?.code === "quota_exceeded")).toHaveLength(2);
  });

  test("has parts of one length alone, and those it has", async () => {
    const key = await user();
    const bytes = fileOf(1000);
    const { body } = await call(key, "POST", "/v1/loras", announced(bytes));
    const id = String(body["id"]);
    expect((await sendPart(key, id, 1, bytes.subarray(1))).body.error?.code).toBe("invalid_request");
    expect((await sendPart(key, id, 2, bytes)).body.error?.code).toBe("not_found");
    expect((await sendPart(key, id, 1, Buffer.alloc(PART_BYTES + 1))).body.error?.code).toBe("too_large");
    expect((await sendPart(key, id, 1, bytes, { "content-encoding": "br" })).body.error?.code).toBe("invalid_request");
  });

  test("and its upload are nobody else's to see, to send to, to complete or to delete", async () => {
    const [owner, other] = [await user(), await user()];
    const bytes = fileOf(1000);
    const { body } = await call(owner, "POST", "/v1/loras", announced(bytes));
    const id = String(body["id"]);
    const foreign = async (path: string, method = "GET", sent?: Uint8Array) => (await call(other, method, path, sent)).status;
    expect(await foreign(`/v1/loras/uploads/${id}`)).toBe(404);
    expect(await foreign(`/v1/loras/uploads/${id}/parts/1`, "PUT", bytes)).toBe(404);
    await sendPart(owner, id, 1, bytes);
    expect(await foreign(`/v1/loras/uploads/${id}/complete`, "POST")).toBe(404);
    expect((await call(owner, "POST", `/v1/loras/uploads/${id}/complete`)).status).toBe(200);
    expect(await foreign(`/v1/loras/${id}`)).toBe(404);
    expect(await foreign(`/v1/loras/${id}`, "DELETE")).toBe(404);
    expect((await listed(other)).adapters).toEqual([]);
    expect((await listed(owner)).adapters).toHaveLength(1);
  });

  test("that is never completed is discarded when its time is over", async () => {
    const key = await user();
    const bytes = fileOf(1000);
    const { body } = await call(key, "POST", "/v1/loras", announced(bytes));
    await sendPart(key, String(body["id"]), 1, bytes);
    const worker = cloud.server.getWorker();
    await worker.scheduled({ cron: "17 * * * *" });
    expect((await call(key, "GET", `/v1/loras/uploads/${body["id"]}`)).status).toBe(200);
    const { DATABASE } = (await worker.getEnv()) as { DATABASE: D1Database };
    await DATABASE.prepare("UPDATE adapter SET expiresAt = 1 WHERE id = ?").bind(body["id"]).run();
    await worker.scheduled({ cron: "17 * * * *" });
    expect((await call(key, "GET", `/v1/loras/uploads/${body["id"]}`)).status).toBe(404);
    expect((await listed(key)).usedBytes).toBe(0);
  });
});

const question = (more: object = {}) => ({
  requestId: randomUUID(),
  question: "Who built the Heliograph?",
  passages: [{ heading: "", text: "The Heliograph was built by [PERSON_01] in 1921." }],
  ...more,
});
const CONFIG = { r: 8, lora_alpha: 16, target_modules: ["q_proj"] };
/** What looks like a safetensors file to the cloud. */
const tensors = () => Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{}"), randomBytes(500)]);
const pushed = async (key: string, name: string, more: object = {}): Promise<string> =>
  String((await upload(key, tensors(), { name, kind: "safetensors", config: CONFIG, ...more })).body["id"]);

describe("a question with an adapter", () => {
  beforeAll(async () => void (await cloud.vllm.calls()));

  test("is thought about with it alone, and the answer names it", async () => {
    const key = await user();
    const loraId = await pushed(key, "tone");
    expect((await listed(key)).adapters).toMatchObject([{ models: ["llama-3.3-70b"] }]);
    const { body } = await call(key, "POST", "/v1/escalations", question({ loraId }));
    expect(body).toMatchObject({ outcome: "answered", mode: "generator", model: "llama-3.3-70b", adapter: { id: loraId, name: "tone" } });
    const calls = await cloud.vllm.calls();
    expect(calls[0]).toBe(`load si-${loraId}`);
    expect(new Set(calls.slice(1))).toEqual(new Set([`ask si-${loraId}`]));
    expect(calls.length).toBeGreaterThan(3);
  });

  test("finds it loaded the second time, and the one idle longest makes room", async () => {
    const key = await user();
    const [a, b, c] = [await pushed(key, "a"), await pushed(key, "b"), await pushed(key, "c")];
    const ask = async (loraId: string) => {
      expect((await call(key, "POST", "/v1/escalations", question({ loraId }))).status).toBe(200);
      return (await cloud.vllm.calls()).filter((one) => !one.startsWith("ask"));
    };
    await ask(a);
    await ask(b);
    expect(await ask(a)).toEqual([]);
    expect(await ask(c)).toEqual([`unload si-${b}`, `load si-${c}`]);
    expect(await ask(a)).toEqual([]);
    expect((await call(key, "DELETE", `/v1/loras/${c}`)).status).toBe(200);
    await expect.poll(async () => await cloud.vllm.calls()).toContain(`unload si-${c}`);
  });

  test("has it loaded again when the server was started anew", async () => {
    const key = await user();
    const loraId = await pushed(key, "again");
    await call(key, "POST", "/v1/escalations", question({ loraId }));
    await cloud.vllm.restart();
    await cloud.vllm.calls();
    expect((await call(key, "POST", "/v1/escalations", question({ loraId }))).body).toMatchObject({
      mode: "generator",
      adapter: { id: loraId },
    });
    expect((await cloud.vllm.calls()).filter((one) => !one.startsWith("ask"))).toEqual([`load si-${loraId}`]);
  });

  test("that cannot be loaded is an error, asks nobody and costs nothing", async () => {
    const key = await user();
    const loraId = await pushed(key, "broken");
    await cloud.vllm.refuseLoads(true);
    await cloud.vllm.calls();
    expect((await call(key, "POST", "/v1/escalations", question({ loraId }))).body.error?.code).toBe("adapter_unavailable");
    await cloud.vllm.refuseLoads(false);
    expect((await cloud.vllm.calls()).filter((one) => one.startsWith("ask"))).toEqual([]);
    expect((await call(key, "GET", "/v1/billing/balance")).body).toMatchObject({ unbilled: 0, held: 0 });
  });

  for (const [what, made, asked, code] of [
    ["made for another model than is asked", {}, { model: "claude-sonnet" }, "adapter_mismatch"],
    ["made for a model that nobody offers", { baseModel: "mistralai/Mistral-7B" }, {}, "adapter_unusable"],
    ["of a rank that no provider takes", { rank: 256 }, {}, "adapter_unusable"],
  ] as const)
    test(`${what} is refused before anything is held`, async () => {
      const key = await user();
      const loraId = await pushed(key, "tone", made);
      expect((await call(key, "POST", "/v1/escalations", question({ loraId, ...asked }))).body.error?.code).toBe(code);
      expect((await call(key, "GET", "/v1/billing/balance")).body).toMatchObject({ unbilled: 0, held: 0 });
    });

  test("of a project's owner is an editor's to ask with there, at the owner's cost; nobody else's, and nowhere else", async () => {
    const owner = await user();
    const [loraId, kept] = [await pushed(owner, "shared"), await pushed(owner, "kept")];
    const { id: projectId } = (await call(owner, "POST", "/v1/projects", { name: "Heliograph" })).body;
    expect((await call(owner, "PUT", `/v1/projects/${projectId}/contents/adapter/${loraId}`)).status).toBe(200);
    const guests = await Promise.all(
      ["viewer", "commenter", "editor"].map(async (role) => {
        const key = await user();
        const { token } = (await call(owner, "POST", `/v1/projects/${projectId}/invites`, { role, quotaCents: 500 })).body;
        await call(key, "POST", "/v1/invites/accept", { token });
        return { role, key };
      }),
    );
    const ask = async (key: string, more: object) => (await call(key, "POST", "/v1/escalations", question(more))).body;
    for (const { role, key } of guests) {
      const answer = await ask(key, { loraId, projectId });
      if (role === "editor") expect(answer).toMatchObject({ outcome: "answered", adapter: { id: loraId, name: "shared" } });
      else expect(answer.error?.code).toBe("forbidden");
      expect((await ask(key, { loraId })).error?.code).toBe("not_found");
      expect((await ask(key, { loraId: kept, projectId })).error?.code).toBe("not_found");
      expect((await call(key, "GET", "/v1/billing/balance")).body).toMatchObject({ free: { used: 0 } });
      expect((await call(key, "GET", `/v1/projects/${projectId}`)).body).toMatchObject({ adapters: [{ id: loraId, name: "shared" }] });
    }
    expect(Number((await call(owner, "GET", "/v1/billing/balance")).body["free"]?.["used"])).toBeGreaterThan(0);
    await call(owner, "DELETE", `/v1/projects/${projectId}/contents/adapter/${loraId}`);
    expect((await ask(guests[2]?.key ?? "", { loraId, projectId })).error?.code).toBe("not_found");
  });

  test("of another user is not found", async () => {
    const loraId = await pushed(await user(), "mine");
    expect((await call(await user(), "POST", "/v1/escalations", question({ loraId }))).body.error?.code).toBe("not_found");
  });
});

describe("a device that will be too busy to think", () => {
  /** Whether what it names is ready, or the code of the refusal. */
  async function warm(key: string, wanted: InitOf<"prewarmSignal">): Promise<boolean | ErrorCode> {
    const headers = { authorization: `Bearer ${key}`, "content-type": FRAMES_CONTENT };
    const body = encodeMessage("prewarmSignal", wanted) as Uint8Array<ArrayBuffer>;
    const response = await fetch(requestPath("prewarmSignal"), { method: "POST", headers, body });
    const [frame] = new FrameDecoder().push(new Uint8Array(await response.arrayBuffer()));
    if (!frame) throw new Error("a frame was expected");
    return frame.name === "prewarmAck" ? decodeMessage("prewarmAck", frame).warmed : decodeMessage("error", frame).code;
  }

  test("has its adapter loaded, once, and is then answered without loading", async () => {
    const key = await user();
    const loraId = await pushed(key, "soon");
    await cloud.vllm.restart();
    await cloud.vllm.calls();
    expect([await warm(key, { loraId }), await warm(key, { loraId })]).toEqual([true, true]);
    expect((await cloud.vllm.calls()).filter((one) => one.endsWith(loraId))).toEqual([`load si-${loraId}`]);
    expect((await call(key, "GET", "/v1/billing/balance")).body).toMatchObject({ unbilled: 0, held: 0 });
    expect((await call(key, "POST", "/v1/escalations", question({ loraId }))).body).toMatchObject({ adapter: { id: loraId } });
    expect((await cloud.vllm.calls()).filter((one) => one.startsWith("load"))).toEqual([]);
  });

  test("is told where nothing is made ready: no adapter is named, none can be loaded, or it asks by itself", async () => {
    const key = await user();
    const loraId = await pushed(key, "late");
    await cloud.vllm.refuseLoads(true);
    expect(await warm(key, { loraId })).toBe(false);
    await cloud.vllm.refuseLoads(false);
    expect(await warm(key, {})).toBe(false);
    const { checkout } = (await call(key, "PUT", "/v1/billing/tier", { tier: "byok" })).body as { checkout?: { id: string } | null };
    if (checkout) await cloud.stripe.pay(checkout.id);
    await cloud.vllm.calls();
    expect(await warm(key, { loraId })).toBe(false);
    expect(await cloud.vllm.calls()).toEqual([]);
  });

  test("has no other user's adapter loaded, nor one of a project that it has no part in", async () => {
    const [owner, stranger] = [await user(), await user()];
    const loraId = await pushed(owner, "theirs");
    const { id: projectId } = (await call(owner, "POST", "/v1/projects", { name: "Closed" })).body;
    await call(owner, "PUT", `/v1/projects/${projectId}/contents/adapter/${loraId}`);
    await cloud.vllm.calls();
    expect(await warm(stranger, { loraId })).toBe(ErrorCode.NOT_FOUND);
    expect(await warm(stranger, { loraId, projectId: String(projectId) })).toBe(ErrorCode.NOT_FOUND);
    expect(await warm(stranger, { projectId: "x".repeat(500) })).toBe(ErrorCode.NOT_FOUND);
    expect(await cloud.vllm.calls()).toEqual([]);
  });

  test("may say so only so often in a minute", async () => {
    const key = await user();
    const told = new Set<boolean | ErrorCode>();
    // More than twice what a minute allows: a new minute may begin meanwhile.
    for (let i = 0; i < 14; i += 1) told.add(await warm(key, {}));
    expect(told).toEqual(new Set([false, ErrorCode.RATE_LIMITED]));
  });
});
