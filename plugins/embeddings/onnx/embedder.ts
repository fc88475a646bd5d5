import { dirname } from "node:path";
import { type Embedder, SynesisError } from "../../../kernel/index.ts";
import type { WorkerPool } from "../../../pipeline/pool.ts";
import type { EncodeApi } from "./encode.worker.ts";
import { invalid, type OnnxModel, readModelFolder } from "./folder.ts";

/** Texts that go to a thread together. */
const SLICE = 32;
/** A tokenizer of many languages has a quarter of a million words. */
const MAX_HEAP_MIB = 2048;

export interface ClosableEmbedder extends Embedder {
  close(): Promise<void>;
}

/**
 * The embedder of an ONNX model in a folder. It runs in threads, which start with the first text and are ended only when
 * they are idle: a thread ended inside the model's native code would take the whole process along.
 *
 * @throws SynesisError EMBEDDER_INVALID; the embedder's methods that and EMBEDDER_RUNTIME_MISSING.
 */
export function onnxEmbedder(folder: string): ClosableEmbedder {
  const model = readModelFolder(folder);
  let pool: Promise<WorkerPool<EncodeApi>> | undefined;
  const encode = async (texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> => {
    pool ??= startPool();
    const result = await (await pool).use(async (api) => api.encode(model, texts), signal);
    if ("vectors" in result) return result.vectors;
    throw result.isRuntime ? new SynesisError("EMBEDDER_RUNTIME_MISSING") : invalid(dirname(model.file), result.fault);
  };
  return {
    id: model.id,
    dimensions: model.dimensions,
    embed: async (text, signal = new AbortController().signal) => (await encode([model.queryPrefix + text], signal))[0] as Float32Array,
    embedAll: (texts, signal) => encodeAll(model, texts, encode, signal),
    async close() {
      await (await pool)?.close();
    },
  };
}

async function startPool(): Promise<WorkerPool<EncodeApi>> {
  const { WorkerPool, workerUrl } = await import("../../../pipeline/pool.ts");
  return new WorkerPool<EncodeApi>({ worker: workerUrl("encode", import.meta.url), maxHeapMiB: MAX_HEAP_MIB });
}

/** Texts of like length go together, since the shorter ones of a batch are padded. The first fault stops the others. */
async function encodeAll(
  { passagePrefix }: OnnxModel,
  texts: readonly string[],
  encode: (texts: readonly string[], signal: AbortSignal) => Promise<Float32Array[]>,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const order = texts.map((_, i) => i).sort((a, b) => (texts[a] as string).length - (texts[b] as string).length);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const vectors: Float32Array[] = new Array(texts.length);
  const slices = Array.from({ length: Math.ceil(order.length / SLICE) }, (_, i) => order.slice(i * SLICE, (i + 1) * SLICE));
  const work = slices.map(async (slice) => {
    const found = await encode(
      slice.map((i) => passagePrefix + texts[i]),
      either,
    );
    for (const [n, i] of slice.entries()) vectors[i] = found[n] as Float32Array;
  });
  await Promise.all(work).catch((error: unknown) => {
    failed.abort(error);
    throw error;
  });
  return vectors;
}
