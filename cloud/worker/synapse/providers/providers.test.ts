import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAiGenerator } from "../../../../plugins/generator-openai/openai-generator.ts";
import { all, generatorContract, request, SCHEMA } from "../../../../test/generators/contract.ts";
import { type FakeAnthropic, SENT_TOKENS, startFakeAnthropic } from "../../../fakes/anthropic/server.ts";
import { FakeWorkersAi } from "../../../fakes/workers-ai/binding.ts";
import { type FakeProvider, startFakeProvider } from "../../../local/provider.ts";
import { ANTHROPIC } from "./anthropic.ts";
import { generatorFor, offeredModels } from "./providers.ts";
import { workersAi } from "./workers-ai.ts";

const KEY = "sk-ant-local";
let provider: FakeProvider;
let anthropic: FakeAnthropic;
beforeAll(async () => {
  provider = await startFakeProvider();
  anthropic = await startFakeAnthropic({ key: KEY, writer: provider.url });
});
afterAll(() => Promise.all([provider.close(), anthropic.close()]));

/** Silence that is far longer than a loaded machine keeps. */
const PATIENT = 20_000;
const some = { model: "some-model", retryMs: 5 };
const onAnthropic = (behaviour: string, idleMs = PATIENT, key = KEY) =>
  openAiGenerator({ ...some, idleMs, key: () => key, dialect: ANTHROPIC, baseUrl: `${anthropic.url}/${behaviour}/v1` });
const onWorkersAi = (behaviour: string, idleMs = PATIENT) =>
  openAiGenerator({ ...some, idleMs, dialect: workersAi(new FakeWorkersAi(provider.url, behaviour)), baseUrl: "https://ai.example.com" });

describe("Anthropic", () => {
  generatorContract("anthropic", () => onAnthropic("normal"), { generator: () => onAnthropic("slow") });

  test("counts what was sent and written as the provider does, and was asked in its own form throughout", async () => {
    const { pieces } = await all(onAnthropic("normal").generate(request({ maxTokens: 5 })));
    expect(pieces.at(-1)).toEqual({ type: "usage", tokens: { in: SENT_TOKENS, out: 5 }, finish: "length" });
    expect(anthropic.faults).toEqual([]);
  });
});

describe("Workers AI", () => {
  generatorContract("workers-ai", () => onWorkersAi("normal"), { generator: () => onWorkersAi("slow") });
});

describe.each([
  ["Anthropic", onAnthropic],
  ["Workers AI", onWorkersAi],
] as const)("%s", (_name, on) => {
  test.each([
    ["hang", "GENERATOR_TIMEOUT"],
    ["hang-later", "GENERATOR_TIMEOUT"],
    ["close-early", "GENERATOR_FAILED"],
    ["fault", "GENERATOR_FAILED"],
    ["busy", "GENERATOR_BUSY"],
    ["locked", "GENERATOR_REFUSED"],
  ])("that does %s is told as %s, without what it said", async (behaviour, code) => {
    const failure = all(on(behaviour, behaviour.startsWith("hang") ? 300 : PATIENT).generate(request()));
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.not.toThrow(/secret/);
  });

  test("that writes another form than asked for is asked again, and then given up", async () => {
    expect((await all(on("wrong-json-once").generate(request({ schema: SCHEMA })))).text).toMatch(/^\{"answer"/);
    await expect(all(on("wrong-json").generate(request({ schema: SCHEMA })))).rejects.toMatchObject({ code: "GENERATOR_INVALID_JSON" });
  });
});

test("a key that Anthropic does not know is refused, and is in no error", async () => {
  const failure = await all(onAnthropic("normal", PATIENT, "sk-wrong").generate(request())).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "GENERATOR_REFUSED" });
  expect(JSON.stringify([failure, String(failure), (failure as Error).stack])).not.toContain("sk-wrong");
});

describe("the settings of providers", () => {
  const MODEL = { id: "m", context: 10_000, strength: 1 };
  const settings = (...providers: object[]) => ({
    PROVIDERS: JSON.stringify(providers),
    PROVIDER_KEYS: JSON.stringify({ a: KEY, b: KEY }),
  });

  test("name kinds, the preferred first, and whoever answered is asked again first", async () => {
    const failing = { kind: "openai", name: "b", baseUrl: `${provider.url}/locked/v1`, models: { m: "x" } };
    const good = { kind: "anthropic", name: "a", baseUrl: `${anthropic.url}/normal/v1`, models: { m: "y" } };
    const generator = generatorFor(settings(failing, good), MODEL);
    for (let i = 0; i < 3; i++) expect((await all(generator.generate(request()))).text).toMatch(/^word0/);
    const counts = (await (await fetch(`${provider.url}/count`)).json()) as Record<string, number>;
    const before = counts["locked"] ?? 0;
    await all(generator.generate(request()));
    expect(((await (await fetch(`${provider.url}/count`)).json()) as Record<string, number>)["locked"]).toBe(before);
    expect(anthropic.faults.filter((fault) => !fault.includes("x-api-key"))).toEqual([]);
  });

  test("offer Workers AI where the deployment has it, and nowhere else", () => {
    const listed = settings({ kind: "workers-ai", name: "w", models: { m: "@cf/meta/llama-3.3-70b-instruct-fp8-fast" } });
    expect(offeredModels(listed)).toEqual([]);
    expect(offeredModels({ ...listed, AI: new FakeWorkersAi(provider.url, "normal") })).toEqual(["m"]);
  });

  test.each([
    ["no JSON", "{"],
    ["another shape", "{}"],
    ["an unknown kind", '[{"kind":"oracle","name":"a","models":{}}]'],
    ["no address where one is needed", '[{"name":"a","models":{}}]'],
    ["an inner address", '[{"name":"a","baseUrl":"https://169.254.169.254/v1","models":{}}]'],
    [
      "adapters where none are taken",
      '[{"kind":"anthropic","name":"a","models":{},"adapters":{"kind":"fields","fields":{"lora":"{id}"}}}]',
    ],
    [
      "adapters loaded where they are named",
      '[{"kind":"workers-ai","name":"a","models":{},"adapters":{"kind":"load","path":"{folder}","slots":1}}]',
    ],
    ["a field too many", '[{"kind":"openai","name":"a","models":{},"more":1}]'],
  ])("with %s are refused before anything is asked", (_what, PROVIDERS) =>
    expect(() => offeredModels({ PROVIDERS, PROVIDER_KEYS: "{}" })).toThrow(expect.objectContaining({ code: "unavailable" })),
  );
});
