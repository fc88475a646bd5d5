import { fork } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GenerateRequest } from "../../kernel/index.ts";
import { type OpenAiOptions, openAiGenerator } from "../../plugins/generator-openai/openai-generator.ts";
import { all, generatorContract, request, SCHEMA } from "./contract.ts";

let origin = "";
let server: ReturnType<typeof fork>;

beforeAll(async () => {
  server = fork(join(import.meta.dirname, "../../plugins/generator-openai/server.fixture.ts"), {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  origin = await new Promise((resolve) =>
    server.stdout?.once("data", (port: Buffer) => resolve(`http://127.0.0.1:${String(port).trim()}`)),
  );
});
afterAll(() => void server.kill());

const on = (behaviour: string, more: Partial<OpenAiOptions> = {}) =>
  openAiGenerator({ baseUrl: `${origin}/${behaviour}/v1/`, model: "some-model", idleMs: 300, retryMs: 5, ...more });

const PATIENT = { idleMs: 60_000 };
generatorContract("openai-compatible", () => on("normal", PATIENT), { generator: () => on("slow", PATIENT) });

const fails = (behaviour: string, code: string, more: Partial<GenerateRequest> = {}) =>
  test(`${behaviour}${more.schema ? " with a schema" : ""}: ${code}, with a next step and without what the server said`, async () => {
    const failure = all(on(behaviour).generate(request(more)));
    await expect(failure).rejects.toMatchObject({ name: "SynesisError", code, next: expect.stringMatching(/\w/) });
    await expect(failure).rejects.not.toThrow(/secret/);
  });

fails("hang", "GENERATOR_TIMEOUT");
fails("hang-later", "GENERATOR_TIMEOUT");
fails("only-comments", "GENERATOR_TIMEOUT");
fails("close-early", "GENERATOR_FAILED");
fails("end-early", "GENERATOR_FAILED");
fails("reset", "GENERATOR_UNREACHABLE");
fails("garbage", "GENERATOR_FAILED");
fails("page", "GENERATOR_FAILED");
fails("error-inside", "GENERATOR_FAILED");
fails("endless", "GENERATOR_FAILED");
fails("busy", "GENERATOR_BUSY");
fails("fault", "GENERATOR_FAILED");
fails("locked", "GENERATOR_REFUSED");
fails("missing", "GENERATOR_REFUSED");
fails("redirect", "GENERATOR_UNREACHABLE");
fails("bad-request", "GENERATOR_REFUSED");
fails("bad-request", "GENERATOR_REFUSED", { schema: SCHEMA });
fails("wrong-json", "GENERATOR_INVALID_JSON", { schema: SCHEMA });
fails("hang", "GENERATOR_TIMEOUT", { schema: SCHEMA });
fails("close-early", "GENERATOR_FAILED", { schema: SCHEMA });

const gives = (behaviour: string, text: string | RegExp, more: Partial<GenerateRequest> = {}) =>
  test(`${behaviour}${more.schema ? " with a schema" : ""}: the answer comes through`, async () => {
    expect((await all(on(behaviour).generate(request(more)))).text).toMatch(text);
  });

gives("whole", /^all at once$/);
gives("wrong-shapes", /^fine$/);
gives("uncounted", /^ab$/);
gives("busy-once", /^word0 /);
gives("fault-once", /^word0 /);
gives("json-object", /^\{"answer":"word","sure":0\.5\}$/, { schema: SCHEMA });
gives("no-forms", /^\{"answer":"word","sure":0\.5\}$/, { schema: SCHEMA });
gives("wrong-json-once", /^\{"answer":"word","sure":0\}$/, { schema: SCHEMA });

test("a server where nobody listens is told by its host", async () => {
  const generator = openAiGenerator({ baseUrl: "http://127.0.0.1:9/v1", model: "m" });
  await expect(all(generator.generate(request()))).rejects.toMatchObject({
    code: "GENERATOR_UNREACHABLE",
    message: expect.stringContaining("127.0.0.1:9"),
  });
});

test("an address that cannot be read is refused", async () => {
  await expect(all(openAiGenerator({ baseUrl: "nonsense", model: "m" }).generate(request()))).rejects.toMatchObject({
    code: "GENERATOR_UNREACHABLE",
  });
});

test("the key goes into the header alone, the messages and the adapter into the body", async () => {
  const { text } = await all(on("echo", { key: () => "the-key" }).generate(request({ lora: "adapter" })));
  const { headers, body } = JSON.parse(text) as { headers: Record<string, string>; body: Record<string, unknown> };
  expect(headers["authorization"]).toBe("Bearer the-key");
  expect(JSON.stringify(body)).not.toContain("the-key");
  expect(body).toMatchObject({
    model: "adapter",
    max_tokens: 64,
    messages: [{ role: "system" }, { role: "user", content: "What is a council?" }],
  });
});

test("the key is in no error", async () => {
  const failure = await all(on("locked", { key: () => "the-key" }).generate(request())).catch((error: unknown) => error);
  expect(JSON.stringify([failure, String(failure), (failure as Error).stack, String((failure as Error).cause)])).not.toContain("the-key");
});

test("an answer that has begun is not begun again", async () => {
  await all(on("end-early").generate(request())).catch(() => {});
  const before = ((await (await fetch(`${origin}/count`)).json()) as Record<string, number>)["end-early"] ?? 0;
  await all(on("end-early").generate(request())).catch(() => {});
  const after = ((await (await fetch(`${origin}/count`)).json()) as Record<string, number>)["end-early"] ?? 0;
  expect(after - before).toBe(1);
});

test("a silent server is left at once when the request is cancelled", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const answer = all(on("hang", { idleMs: 600_000 }).generate(request({ signal: stop.signal })));
  setTimeout(() => stop.abort(reason), 20);
  await expect(answer).rejects.toBe(reason);
});

test("after its first word a server may be silent for less long than before", async () => {
  const timedOut = all(on("hang-later", { idleMs: 600_000, stallMs: 200 }).generate(request()));
  await expect(timedOut).rejects.toMatchObject({ code: "GENERATOR_TIMEOUT", message: expect.stringContaining("0.2 s") });
});
