/** A provider asked with the user's own key: what comes through the hook beside the provider's stream as it is, in turn. */
import { randomUUID } from "node:crypto";
import { createKernel, Trace } from "../../kernel/index.ts";
import { openAiBody, providerOpenAi } from "../../plugins/provider-openai/index.ts";
import { plain } from "../plain.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const PAIRS = 15;

export async function benchDirectStream(provider: string): Promise<BenchRow[]> {
  const baseUrl = `${provider}/fast/v1`;
  const common = { beforeSending: () => {}, idleMs: 60_000, attempts: 1, pauseMs: 0 };
  const kernel = await createKernel([providerOpenAi({ ...common, baseUrl, key: () => "key", priceOf: () => undefined, own: false })]);
  const call = { signal: new AbortController().signal, trace: new Trace() };
  const newBrief = () => ({ requestId: randomUUID(), question: plain("Who?"), passages: [], model: "m" });
  const throughHook: Way = async (seen) => {
    const stream = { cancelled: call.signal, tell: async () => seen() };
    const answer = await kernel.hooks.escalate.promise(newBrief(), stream, call);
    if (!answer || answer.fault) throw new Error("no answer", { cause: answer?.fault });
  };
  const raw: Way = async (seen) => {
    const body = JSON.stringify(openAiBody(newBrief(), false));
    const { body: stream } = await fetch(`${baseUrl}/chat/completions`, { method: "POST", body });
    for await (const _ of stream ?? []) seen();
  };
  const added: number[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair <= PAIRS; pair += 1) {
    const [ours, theirs] = [await timed(throughHook), await timed(raw)];
    if (pair === 0) continue; // it warms up
    added.push(ours.firstMs - theirs.firstMs);
    ratios.push(theirs.streamMs / ours.streamMs);
  }
  await kernel.close();
  return [
    { name: "ms until the first piece, own key", peer: "the raw stream", ratio: median(added), wanted: "under 50 more" },
    { name: "long stream without a pause, own key, as speed", peer: "the raw stream", ratio: median(ratios), wanted: "at least 0.8" },
  ];
}

type Way = (seen: () => void) => Promise<void>;

async function timed(way: Way): Promise<{ readonly firstMs: number; readonly streamMs: number }> {
  const began = performance.now();
  let firstMs = Number.NaN;
  await way(() => {
    if (Number.isNaN(firstMs)) firstMs = performance.now() - began;
  });
  return { firstMs, streamMs: performance.now() - began - firstMs };
}
