/**
 * The stores of the Worker failing. The app runs here over the real stores of workerd, with a fault put before one of them:
 * what is answered, and what the same request comes to when the store works again.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Fetch, signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";
import type { PartPlace } from "./adapters/part.ts";
import { RunningChecksum } from "./adapters/running-checksum.ts";
import { PLACE_HEADER } from "./adapters/send-part.ts";
import { storePart } from "./adapters/store-part.ts";
import { createApp } from "./app.ts";
import { clearClosed } from "./closed-users.ts";
import type { Env } from "./env.ts";

let cloud: LocalCloud;
let env: Env;
let key: string;
let addresses = 0;
const app = createApp();
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.3.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as never;

beforeAll(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {}); // each fault is logged
  cloud = await startLocalCloud();
  env = withParts((await cloud.server.getWorker<Env>().getEnv()) as Env);
  key = await signIn(fetch, cloud.mail, "faults@example.com");
});
afterAll(() => cloud.close());

/** A store whose method `name` fails from its call number `from` on, so many times. */
function failing<T extends object>(store: T, name: string, error: string, from = 1, times = Number.POSITIVE_INFINITY): T {
  let calls = 0;
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (property === name) {
          calls += 1;
          if (calls >= from && calls < from + times) throw new Error(error);
        }
        const result: unknown = Reflect.apply(value, target, given);
        const inner = property === "resumeMultipartUpload" || property === "createMultipartUpload";
        if (!inner) return result;
        const wrap = (upload: object) => failing(upload, name, error, from, times);
        return result instanceof Promise ? result.then(wrap) : wrap(result as object);
      };
    },
  });
}
const R2_FAULT = "put: We encountered an internal error. Please try again. (10001)";
const D1_FAULT = "D1_ERROR: Network connection lost.";
const brokenR2 = (name: string, from?: number, times?: number): Env =>
  withParts({ ...env, LORAS: failing(env.LORAS, name, R2_FAULT, from, times) });
/** The object that takes parts has stores of its own, so here its work is done in its place. */
function withParts(on: Env): Env {
  const getByName = (id: string) => {
    const checksum = checksums.get(id) ?? new RunningChecksum(nodeDigest(), 1);
    checksums.set(id, checksum);
    return {
      async fetch(_: string, { body, headers }: { body: ReadableStream<Uint8Array>; headers: Record<string, string> }) {
        const place = JSON.parse(headers[PLACE_HEADER] ?? "") as PartPlace;
        return Response.json(await storePart(on.LORAS, place, body, (bytes) => checksum.add(place.number, bytes)));
      },
      digest: async (parts: number) => (await checksum.digest(parts)) ?? null,
    };
  };
  return { ...on, UPLOAD_PARTS: { getByName } as never };
}
const checksums = new Map<string, RunningChecksum>();
function nodeDigest() {
  const hash = createHash("sha256");
  return { take: async (bytes: Uint8Array) => void hash.update(bytes), end: async () => hash.digest("hex") };
}
const brokenD1 = (name: string, from?: number, times?: number): Env => ({
  ...env,
  DATABASE: failing(env.DATABASE, name, D1_FAULT, from, times),
});

const background = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
async function call(on: Env, method: string, path: string, body?: object | Uint8Array, as = key) {
  const bytes = body instanceof Uint8Array;
  const headers = {
    authorization: `Bearer ${as}`,
    ...(body && { "content-type": bytes ? "application/octet-stream" : "application/json", ...(bytes && { "content-encoding": "gzip" }) }),
  };
  const sent = bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body);
  const response = await app.request(path, { method, headers, ...(body && { body: sent }) }, on, background as never);
  return { status: response.status, body: (await response.json()) as Record<string, never> & { error?: { code: string } } };
}

/** What looks like a GGUF file. It is sent packed, as a body that this runtime reads as well as workerd. */
const fileOf = () => Buffer.concat([Buffer.from("GGUF"), randomBytes(996)]);
const announced = (bytes: Uint8Array, name: string) => ({
  name,
  baseModel: "meta-llama/Llama-3.3-70B-Instruct",
  kind: "gguf",
  rank: 8,
  sizeBytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});
const stored = async (id: string) => (await env.LORAS.list()).objects.filter((one) => one.key.includes(id)).length;

/** Begins an upload, sends its part and completes it, each on the environment that is given. */
async function upload(on: { begin?: Env; part?: Env; complete?: Env }, name: string = randomUUID()) {
  const bytes = fileOf();
  const steps = [];
  const began = await call(on.begin ?? env, "POST", "/v1/loras", announced(bytes, name));
  steps.push(began);
  const id = String(began.body["id"]);
  if (began.status === 200) steps.push(await call(on.part ?? env, "PUT", `/v1/loras/uploads/${id}/parts/1`, gzipSync(bytes)));
  if (steps.at(-1)?.status === 200) steps.push(await call(on.complete ?? env, "POST", `/v1/loras/uploads/${id}/complete`));
  return { id, bytes, name, last: steps.at(-1), steps: steps.length };
}

describe("an upload while R2 fails", () => {
  test("is not begun, and is begun when asked again", async () => {
    const { last, bytes, name } = await upload({ begin: brokenR2("createMultipartUpload") });
    expect(last).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect((await call(env, "POST", "/v1/loras", announced(bytes, name))).status).toBe(200);
  });

  test("does not keep the part, and takes it when it is sent again", async () => {
    const { id, bytes, last } = await upload({ part: brokenR2("uploadPart") });
    expect(last).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect((await call(env, "GET", `/v1/loras/uploads/${id}`)).body).toMatchObject({ received: [] });
    expect((await call(env, "PUT", `/v1/loras/uploads/${id}/parts/1`, gzipSync(bytes))).status).toBe(200);
    expect((await call(env, "POST", `/v1/loras/uploads/${id}/complete`)).status).toBe(200);
  });

  for (const step of ["complete", "get"])
    test(`in "${step}" at its completion keeps its parts, and is completed when asked again at once`, async () => {
      const { id, last, steps } = await upload({ complete: brokenR2(step) });
      expect([steps, last]).toMatchObject([3, { status: 503, body: { error: { code: "unavailable" } } }]);
      expect((await call(env, "GET", `/v1/loras/${id}`)).status).toBe(404);
      expect((await call(env, "GET", `/v1/loras/uploads/${id}`)).body).toMatchObject({ received: [1] });
      expect((await call(env, "POST", `/v1/loras/uploads/${id}/complete`)).status).toBe(200);
      expect(await stored(id)).toBe(1);
    });

  test("of which nobody knows whether it was put together goes on when that can be seen again", async () => {
    const { id } = await upload({ complete: brokenR2("get") });
    expect((await call(brokenR2("head"), "POST", `/v1/loras/uploads/${id}/complete`)).body.error?.code).toBe("unavailable");
    expect((await call(env, "POST", `/v1/loras/uploads/${id}/complete`)).status).toBe(200);
  });

  test("stays when it cannot be deleted, and is deleted when asked again", async () => {
    const { id } = await upload({});
    expect((await call(brokenR2("delete"), "DELETE", `/v1/loras/${id}`)).body.error?.code).toBe("unavailable");
    expect((await call(env, "GET", `/v1/loras/${id}`)).status).toBe(200);
    expect((await call(env, "DELETE", `/v1/loras/${id}`)).status).toBe(200);
    expect(await stored(id)).toBe(0);
  });
});

describe("D1 failing at any one statement", () => {
  /** Runs a request with the fault at the first, the second … statement until there is none left to fail. */
  async function atEach(method: string, run: (on: Env) => Promise<{ status: number; body: { error?: { code: string } } } | undefined>) {
    let failed = 0;
    for (let from = 1; from < 40; from++) {
      const answer = await run(brokenD1(method, from, 1));
      if (answer?.status === 200) return failed;
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
      failed += 1;
    }
    throw new Error("it never came to its end");
  }

  test("while an upload is begun leaves no upload behind, or one that goes on", async () => {
    const bytes = fileOf();
    const failed = await atEach("prepare", (on) => call(on, "POST", "/v1/loras", announced(bytes, "d1-begin")));
    expect(failed).toBeGreaterThan(3);
  });

  test("while an upload is completed is made good by asking again", async () => {
    const { id, bytes } = await upload({ complete: brokenD1("prepare", 1, 1) });
    expect(await atEach("prepare", (on) => call(on, "POST", `/v1/loras/uploads/${id}/complete`))).toBeGreaterThan(3);
    expect((await call(env, "GET", `/v1/loras/${id}`)).body).toMatchObject({ sizeBytes: bytes.length });
    expect(await stored(id)).toBe(1);
  });

  test.each([
    ["GET", "", undefined],
    ["GET", "/audit", undefined],
    ["GET", "/collaborators", undefined],
    ["GET", "/knowledge", undefined],
    ["PUT", "", { name: "Renamed" }],
    ["POST", "/comments", { text: "Good." }],
    ["POST", "/knowledge", { name: "a.md", chunks: [{ heading: "", text: "A." }] }],
    ["DELETE", "", undefined],
  ])("in %s of a project's %s is told, and the same request works afterwards", async (method, path, body) => {
    const id = String((await call(env, "POST", "/v1/projects", { name: "Faults" })).body["id"]);
    const failed = await atEach("prepare", (on) => call(on, method, `/v1/projects/${id}${path}`, body));
    expect(failed).toBeGreaterThan(1);
  });

  test("in the transaction that removes a project removes nothing of it", async () => {
    const id = String((await call(env, "POST", "/v1/projects", { name: "Whole" })).body["id"]);
    await call(env, "POST", `/v1/projects/${id}/comments`, { text: "Good." });
    expect((await call(brokenD1("batch", 2, 1), "DELETE", `/v1/projects/${id}`)).body.error?.code).toBe("unavailable");
    expect((await call(env, "GET", `/v1/projects/${id}/comments`)).body["comments"]).toHaveLength(1);
  });
});

describe("in the middle of an upload", () => {
  test("a key that is revoked sends no further part; what it sent is discarded when its time is over", async () => {
    const made = await call(env, "POST", "/v1/keys", { name: "other machine", scopes: ["adapters"] });
    const other = String(made.body["key"]);
    const bytes = fileOf();
    const { body } = await call(env, "POST", "/v1/loras", announced(bytes, "revoked"), other);
    expect((await call(env, "PUT", `/v1/loras/uploads/${body["id"]}/parts/1`, gzipSync(bytes), other)).status).toBe(200);
    expect((await call(env, "DELETE", `/v1/keys/${made.body["id"]}`)).status).toBe(200);
    expect((await call(env, "PUT", `/v1/loras/uploads/${body["id"]}/parts/1`, gzipSync(bytes), other)).status).toBe(401);
    expect((await call(env, "POST", `/v1/loras/uploads/${body["id"]}/complete`, undefined, other)).status).toBe(401);
    expect((await call(env, "GET", `/v1/loras/${body["id"]}`)).status).toBe(404);
    await env.DATABASE.prepare("UPDATE adapter SET expiresAt = 1 WHERE id = ?").bind(body["id"]).run();
    await cloud.server.getWorker().scheduled({ cron: "17 * * * *" });
    expect((await call(env, "GET", `/v1/loras/uploads/${body["id"]}`)).status).toBe(404);
  });

  test("a user whose account is closed is refused, and all that they kept goes, also when R2 fails the first time", async () => {
    const leaver = await signIn(fetch, cloud.mail, "leaver@example.com");
    const bytes = fileOf();
    const { body } = await call(env, "POST", "/v1/loras", announced(bytes, "half"), leaver);
    await call(env, "PUT", `/v1/loras/uploads/${body["id"]}/parts/1`, gzipSync(bytes), leaver);
    const whole = await call(env, "POST", "/v1/loras", announced(bytes, "whole"), leaver);
    await call(env, "PUT", `/v1/loras/uploads/${whole.body["id"]}/parts/1`, gzipSync(bytes), leaver);
    await call(env, "POST", `/v1/loras/uploads/${whole.body["id"]}/complete`, undefined, leaver);
    const user = await env.DATABASE.prepare("SELECT id FROM user WHERE email = 'leaver@example.com'").first<{ id: string }>();
    await env.DATABASE.prepare("UPDATE user SET closedAt = 1 WHERE id = ?").bind(user?.id).run();
    expect((await call(env, "POST", `/v1/loras/uploads/${body["id"]}/complete`, undefined, leaver)).status).toBe(401);
    await expect(clearClosed(brokenR2("delete"), Date.now())).rejects.toThrow();
    await clearClosed(env, Date.now());
    expect(await env.DATABASE.prepare("SELECT count(*) AS n FROM adapter WHERE userId = ?").bind(user?.id).first("n")).toBe(0);
    expect(await stored(`${user?.id}`)).toBe(0);
    expect(await env.BILLING_LEDGER.getByName(`${user?.id}`).hold({ id: "late", most: [], expiresIn: 1000 })).toMatchObject({
      outcome: "account_closed",
    });
  });
});
