import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fetch, signIn } from "../local/sign-in.ts";
import { INDEX, type LocalCloud, startLocalCloud } from "../local/start.ts";
import { FrameDecoder } from "../wire/frames.ts";
import { decodeMessage, encodeMessage } from "../wire/messages.ts";
import { FRAMES_CONTENT, requestPath } from "../wire/requests.ts";

const CONFIG = join(import.meta.dirname, "wrangler.jsonc");
const WITH_QUEUE = join(import.meta.dirname, `.queue-${process.pid}.jsonc`);
const QUEUES = {
  producers: [{ binding: "INDEX_QUEUE", queue: "superinstance-index" }],
  consumers: [{ queue: "superinstance-index", max_batch_timeout: 1, max_retries: 2 }],
};

/** The Worker as it is deployed, and with a queue besides. */
async function writeConfig(): Promise<string> {
  const text = await readFile(CONFIG, "utf8");
  await writeFile(WITH_QUEUE, text.replace(/\{/, `{ "queues": ${JSON.stringify(QUEUES)},`));
  return WITH_QUEUE;
}
afterAll(() => rm(WITH_QUEUE, { force: true }));

let cloud: LocalCloud;
let addresses = 0;
const fetchOf =
  (of: () => LocalCloud): Fetch =>
  (path, init) =>
    of().server.fetch(path, {
      ...init,
      headers: { ...init?.headers, "cf-connecting-ip": `10.2.${addresses >> 8}.${addresses++ & 255}` },
    } as never) as never;
const fetch = fetchOf(() => cloud);

interface Answer {
  readonly status: number;
  readonly body: Record<string, never> & { error?: { code: string } };
}
const callOn =
  (send: Fetch) =>
  async (key: string, method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await send(path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
const call = callOn(fetch);

let users = 0;
const user = (name = `sharer-${users++}`) => signIn(fetch, cloud.mail, `${name}@example.com`);
const LAMP = { heading: "History", text: "The Heliograph was built by the harbour office in 1921." };
const document = (more: object = {}) => ({ name: "lamp.md", chunks: [LAMP], ...more });
const listed = async (key: string, path = "/v1/knowledge") =>
  (await call(key, "GET", path)).body as unknown as { documents: { id: string; name: string; state: string }[]; usedChunks: number };
const ready = (key: string, path?: string) =>
  expect.poll(async () => (await listed(key, path)).documents.map(({ state }) => state), { timeout: 20_000 }).toEqual(["ready"]);
const index = async (path = "/", method = "GET"): Promise<{ id: string; namespace: string }[]> =>
  (await (await cloud.server.getWorker(INDEX).fetch(`http://index${path}`, { method })).json()) as never;
const vectorsOf = async (id: string) => (await index()).filter((one) => one.id.startsWith(id)).length;
const newProject = async (key: string) => String((await call(key, "POST", "/v1/projects", { name: "Lamp" })).body["id"]);
const ask = (key: string, more: object = {}) =>
  call(key, "POST", "/v1/escalations", {
    requestId: randomUUID(),
    question: "Who built the Heliograph?",
    passages: [],
    shared: true,
    ...more,
  });
const database = async () => (await cloud.server.getWorker<{ DATABASE: D1Database }>().getEnv()).DATABASE;

describe.each([
  ["with a queue", writeConfig],
  ["without one", async () => CONFIG],
])("what is shared, %s", (_name, config) => {
  beforeAll(async () => {
    cloud = await startLocalCloud({ configPath: await config() });
  });
  afterAll(() => cloud.close());

  test("is found for a question that asks for it, and the answer shows and cites it", async () => {
    const key = await user();
    const { body } = await call(key, "POST", "/v1/knowledge", document());
    expect(body).toMatchObject({ name: "lamp.md", chunks: 1, state: "waiting" });
    await ready(key);
    await expect.poll(() => vectorsOf(String(body["id"]))).toBe(1);
    const answer = await ask(key);
    expect(answer.body).toMatchObject({ outcome: "answered", shared: [{ name: "lamp.md", ...LAMP }] });
    expect(answer.body["citations"]).toMatchObject([{ passage: 0 }]);
    expect((await ask(key, { shared: false })).body).toMatchObject({ shared: [] });
    const response = await fetch(requestPath("escalationRequest"), {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": FRAMES_CONTENT },
      body: encodeMessage("escalationRequest", { requestId: randomUUID(), query: "Who built the Heliograph?", shared: true }) as never,
    });
    const [frame] = [...new FrameDecoder().push(new Uint8Array(await response.arrayBuffer()))];
    const told = frame && decodeMessage("escalationResponse", frame);
    expect(told).toMatchObject({ shared: [{ name: "lamp.md", ...LAMP }], decision: { citations: [{ passage: 0 }] } });
  });

  test("is one document a name: the same again changes nothing, other texts take its place and its vectors", async () => {
    const key = await user();
    const first = (await call(key, "POST", "/v1/knowledge", document({ chunks: [LAMP, LAMP] }))).body["id"];
    await ready(key);
    expect((await call(key, "POST", "/v1/knowledge", document({ chunks: [LAMP, LAMP] }))).body["id"]).toBe(first);
    const second = (await call(key, "POST", "/v1/knowledge", document())).body["id"];
    expect(second).not.toBe(first);
    await ready(key);
    await expect.poll(() => vectorsOf(String(first)), { timeout: 20_000 }).toBe(0);
    expect(await listed(key)).toMatchObject({ documents: [{ id: second }], usedChunks: 1 });
  });

  test("is gone when it is taken back: its texts at once, its vectors and its row soon", async () => {
    const key = await user();
    const id = String((await call(key, "POST", "/v1/knowledge", document())).body["id"]);
    await ready(key);
    await expect.poll(() => vectorsOf(id)).toBe(1);
    expect((await call(key, "DELETE", `/v1/knowledge/${id}`)).status).toBe(200);
    const { results } = await (await database()).prepare("SELECT * FROM shared_chunk WHERE documentId = ?").bind(id).all();
    expect(results).toEqual([]);
    expect((await ask(key)).body).toMatchObject({ shared: [] });
    await expect.poll(() => vectorsOf(id), { timeout: 20_000 }).toBe(0);
    const row = async () => (await database()).prepare("SELECT 1 FROM shared_document WHERE id = ?").bind(id).first();
    await expect.poll(row, { timeout: 20_000 }).toBeNull();
    expect((await call(key, "DELETE", `/v1/knowledge/${id}`)).body.error?.code).toBe("not_found");
  });

  test("is nobody else's: not to find, to list or to take back", async () => {
    const [owner, other] = [await user(), await user()];
    const id = String((await call(owner, "POST", "/v1/knowledge", document())).body["id"]);
    await ready(owner);
    expect((await listed(other)).documents).toEqual([]);
    expect((await ask(other)).body).toMatchObject({ shared: [] });
    expect((await call(other, "DELETE", `/v1/knowledge/${id}`)).body.error?.code).toBe("not_found");
    const project = await newProject(other);
    expect((await call(other, "DELETE", `/v1/projects/${project}/knowledge/${id}`)).body.error?.code).toBe("not_found");
    expect((await ask(other, { projectId: project })).body).toMatchObject({ shared: [] });
    expect((await listed(owner)).documents).toHaveLength(1);
  });

  test("with a project is the project's alone, and goes with it", async () => {
    const key = await user();
    const project = await newProject(key);
    await call(key, "POST", "/v1/knowledge", document({ name: "mine.md" }));
    await ready(key);
    const { body } = await call(key, "POST", `/v1/projects/${project}/knowledge`, document());
    await ready(key, `/v1/projects/${project}/knowledge`);
    await expect.poll(() => vectorsOf(String(body["id"]))).toBe(1);
    expect((await ask(key, { projectId: project })).body).toMatchObject({ shared: [{ name: "lamp.md" }] });
    expect((await ask(key)).body).toMatchObject({ shared: [{ name: "mine.md" }] });
    expect((await call(key, "DELETE", `/v1/projects/${project}`)).status).toBe(200);
    await expect.poll(() => vectorsOf(String(body["id"])), { timeout: 20_000 }).toBe(0);
  });

  test("while the index fails is kept and waits, refuses a question before it costs anything, and is settled later", async () => {
    const key = await user();
    await index("/failing", "PUT");
    const { body, status } = await call(key, "POST", "/v1/knowledge", document());
    expect([status, body["state"]]).toEqual([200, "waiting"]);
    expect((await ask(key)).body.error?.code).toBe("unavailable");
    expect((await call(key, "GET", "/v1/billing/balance")).body).toMatchObject({ unbilled: 0, held: 0 });
    await index("/working", "PUT");
    await (await database()).prepare("UPDATE shared_document SET triedAt = 1 WHERE id = ?").bind(body["id"]).run();
    await cloud.server.getWorker().scheduled({ cron: "17 * * * *" });
    await ready(key);
  });

  test("by an account that is closed is taken away by the hourly run", async () => {
    const key = await user("closed");
    const id = String((await call(key, "POST", "/v1/knowledge", document())).body["id"]);
    await ready(key);
    const d1 = await database();
    await d1.prepare("UPDATE user SET closedAt = 1 WHERE email = 'closed@example.com'").run();
    expect((await call(key, "GET", "/v1/knowledge")).status).toBe(401);
    await cloud.server.getWorker().scheduled({ cron: "17 * * * *" });
    await expect.poll(() => vectorsOf(id), { timeout: 20_000 }).toBe(0);
    expect(await d1.prepare("SELECT 1 FROM shared_chunk WHERE documentId = ?").bind(id).first()).toBeNull();
    expect(await d1.prepare("SELECT 1 FROM user WHERE clearedAt IS NOT NULL AND email = 'closed@example.com'").first()).not.toBeNull();
  });

  for (const [what, sent, code] of [
    ["a key in it", document({ chunks: [{ heading: "", text: `ghp_${"aB3dE6gH9k".repeat(4).slice(0, 36)}` }] }), "not_redacted"],
    ["a token of somebody's machine", document({ chunks: [{ heading: "", text: "Ask [EMAIL_01]." }] }), "invalid_request"],
    ["no chunks", document({ chunks: [] }), "invalid_request"],
    ["1001 chunks", document({ chunks: Array.from({ length: 1001 }, () => ({ heading: "", text: "x" })) }), "invalid_request"],
    ["a chunk of 8001 characters", document({ chunks: [{ heading: "", text: "x".repeat(8001) }] }), "invalid_request"],
    [
      "more than a megabyte",
      document({ chunks: Array.from({ length: 140 }, () => ({ heading: "", text: "x".repeat(8000) })) }),
      "too_large",
    ],
  ] as const)
    test(`with ${what} is refused, and nothing is kept`, async () => {
      const key = await user();
      expect((await call(key, "POST", "/v1/knowledge", sent)).body.error?.code).toBe(code);
      expect((await listed(key)).documents).toEqual([]);
    });

  test("keeps to its quota, also when several come at once; what takes another's place counts once", async () => {
    const key = await user();
    const chunks = Array.from({ length: 1000 }, (_, n) => ({ heading: "", text: `n${n}` }));
    const d1 = await database();
    const first = (await call(key, "POST", "/v1/knowledge", document({ name: "0", chunks }))).body["id"];
    await d1.prepare("UPDATE shared_document SET chunks = 18500 WHERE id = ?").bind(first).run();
    const many = await Promise.all(["a", "b", "c"].map((name) => call(key, "POST", "/v1/knowledge", document({ name, chunks }))));
    expect(many.map(({ body }) => body.error?.code ?? "kept").toSorted()).toEqual(["kept", "knowledge_full", "knowledge_full"]);
    const { documents } = await listed(key);
    const kept = documents.find(({ name }) => name !== "0")?.name;
    const other = document({ name: kept, chunks: chunks.toReversed() });
    expect((await call(key, "POST", "/v1/knowledge", other)).status).toBe(200);
  });
});

describe("a cloud without an index", () => {
  test("works, and says that it has none", async () => {
    cloud = await startLocalCloud({ sharedIndex: false });
    try {
      const key = await user();
      expect((await call(key, "GET", "/v1/knowledge")).body.error?.code).toBe("knowledge_off");
      expect((await call(key, "POST", "/v1/knowledge", document())).body.error?.code).toBe("knowledge_off");
      expect((await ask(key)).body.error?.code).toBe("knowledge_off");
      expect((await ask(key, { shared: false, passages: [LAMP] })).body).toMatchObject({ outcome: "answered" });
      await cloud.server.getWorker().scheduled({ cron: "17 * * * *" });
    } finally {
      await cloud.close();
    }
  });
});
