/**
 * What changing adapters costs a question in the cloud: one that has to be loaded in the place of another, beside one that
 * is there. Worker, server of models and model are processes of their own; the server loads at once, so that what is
 * measured is ours.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { signIn } from "../../cloud/local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const ROUNDS = 15;
/** One more than the server holds. */
const ADAPTERS = 3;
const WANTED_MS = 200;

export async function benchAdapters(): Promise<BenchRow[]> {
  const cloud = await startLocalCloud();
  try {
    const key = await signIn((path, init) => fetch(new URL(path, cloud.url), init), cloud.mail, "adapters@example.com");
    const ids: string[] = [];
    for (let i = 0; i < ADAPTERS; i++) ids.push(await push(cloud, key, `a${i}`));
    const [swapping, warm]: [number[], number[]] = [[], []];
    for (let i = 0; i <= ROUNDS * ADAPTERS; i++) {
      const id = ids[i % ADAPTERS] as string;
      const loaded = await asked(cloud, key, id);
      await asked(cloud, key, id);
      const there = await asked(cloud, key, id);
      if (i === 0) continue; // the first warms up
      swapping.push(loaded);
      warm.push(there);
    }
    const ms = median(swapping) - median(warm);
    return [
      {
        name: `an adapter loaded for another, ${ms.toFixed(0)} ms more than a question with one that is there`,
        peer: `${WANTED_MS} ms`,
        ratio: ms / WANTED_MS,
        wanted: "at most 1",
      },
      { name: "the same, beside the whole question", peer: `${median(warm).toFixed(0)} ms`, ratio: ms / median(warm), wanted: "" },
    ];
  } finally {
    await cloud.close();
  }
}

async function call(cloud: LocalCloud, key: string, method: string, path: string, body?: object | Uint8Array<ArrayBuffer>) {
  const bytes = body instanceof Uint8Array;
  const answer = await fetch(new URL(path, cloud.url), {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && !bytes && { "content-type": "application/json" }) },
    ...(body && { body: bytes ? body : JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

async function push(cloud: LocalCloud, key: string, name: string): Promise<string> {
  const bytes = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{}"), randomBytes(500)]);
  const about = { name, baseModel: "meta-llama/Llama-3.3-70B-Instruct", kind: "safetensors", rank: 8, sizeBytes: bytes.length };
  const config = { r: 8, lora_alpha: 16, target_modules: ["q_proj"] };
  const announced = { ...about, config, sha256: createHash("sha256").update(bytes).digest("hex") };
  const { id } = await call(cloud, key, "POST", "/v1/loras", announced);
  await call(cloud, key, "PUT", `/v1/loras/uploads/${id}/parts/1`, bytes);
  await call(cloud, key, "POST", `/v1/loras/uploads/${id}/complete`);
  return String(id);
}

/** How long a question takes with an adapter; ms. */
async function asked(cloud: LocalCloud, key: string, loraId: string): Promise<number> {
  const passages = [{ heading: "", text: "The Heliograph was built by [PERSON_01] in 1921." }];
  const begun = performance.now();
  const { adapter } = await call(cloud, key, "POST", "/v1/escalations", {
    requestId: randomUUID(),
    question: "Who built the Heliograph?",
    passages,
    loraId,
  });
  if (!adapter) throw new Error("the adapter was not used");
  return performance.now() - begun;
}
