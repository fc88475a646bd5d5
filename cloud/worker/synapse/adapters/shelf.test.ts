/** Adapters that each request names: on stand-ins for LoRAX and Workers AI that refuse what is not in their form. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { all, request } from "../../../../test/generators/contract.ts";
import { startFakeLorax } from "../../../fakes/lorax/server.ts";
import { FakeWorkersAi } from "../../../fakes/workers-ai/binding.ts";
import { type FakeProvider, startFakeProvider } from "../../../local/provider.ts";
import { type AdapterRow, folderOf } from "../../adapters/adapter.ts";
import type { Env } from "../../env.ts";
import { adapterShelf } from "./shelf.ts";

const MODEL = { id: "llama-3.3-70b", context: 10_000, strength: 1 };
const BASE = "meta-llama/Llama-3.3-70B-Instruct";
const adapter = (id: string): AdapterRow => ({
  id,
  userId: "7b0e4bd0",
  name: "tone",
  baseModel: BASE,
  kind: "safetensors",
  rank: 8,
  config: null,
  sizeBytes: 1,
  sha256: "",
  state: "ready",
  uploadId: null,
  createdAt: 0,
  expiresAt: null,
});

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
});
afterAll(() => provider.close());

/** What a provider that takes adapters in this way is asked with one. */
async function askWith(row: AdapterRow, settings: object, AI?: FakeWorkersAi) {
  const entry = { name: "taking", models: { [MODEL.id]: BASE }, ...settings };
  const env = { PROVIDERS: JSON.stringify([entry]), PROVIDER_KEYS: "{}", ...(AI && { AI }) } as Partial<Env> as Env;
  const { generator, release } = await adapterShelf(env, row.userId).acquire(MODEL, row);
  try {
    return await all(generator.generate(request()));
  } finally {
    await release();
  }
}

test("LoRAX is asked for the adapter as the model, where the bucket has it; what it does not have is an error", async () => {
  const [kept, gone] = [adapter("kept"), adapter("gone")];
  const lorax = await startFakeLorax(`${provider.url}/normal/v1`, BASE, new Set([folderOf(kept)]));
  const adapters = { kind: "fields", fields: { model: "{folder}", adapter_source: "s3" } };
  const settings = { baseUrl: `${lorax.url}/v1`, adapters };
  expect((await askWith(kept, settings)).text).toMatch(/^word0/);
  await expect(askWith(gone, settings)).rejects.toMatchObject({ code: expect.stringMatching(/^GENERATOR_/) });
  expect(lorax.asked).toEqual([folderOf(kept)]);
  await lorax.close();
});

test("Workers AI is given the adapter beside the model", async () => {
  const ai = new FakeWorkersAi(provider.url, "normal");
  const adapters = { kind: "fields", fields: { lora: "{id}" } };
  expect((await askWith(adapter("tone-1"), { kind: "workers-ai", adapters }, ai)).text).toMatch(/^word0/);
  expect(ai.adapters).toEqual(["tone-1"]);
});
