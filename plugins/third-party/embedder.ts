import { type Embedder, Trace } from "../../kernel/index.ts";
import { vectorsOf } from "./answers.ts";
import { SandboxFault } from "./fault.ts";
import type { Manifest } from "./manifest.ts";
import type { Ask } from "./taps.ts";

/** Texts that go to the plugin in one call. */
const BATCH = 64;
const MAX_DIMENSIONS = 4096;

/** An embedder whose function `embed` takes one text and gives its vector. How long that is, is seen by asking once. */
export async function embedderOf(ask: Ask, { name, version }: Manifest): Promise<Embedder> {
  const embedRaw = (texts: readonly string[], signal: AbortSignal) => ask([texts], { signal, trace: new Trace() });
  const dimensions = dimensionsOf(await embedRaw(["a"], new AbortController().signal));
  const embedAll = async (texts: readonly string[], signal: AbortSignal) => {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += BATCH) {
      const batch = texts.slice(from, from + BATCH);
      vectors.push(...vectorsOf(await embedRaw(batch, signal), batch.length, dimensions));
    }
    return vectors;
  };
  return {
    id: `${name}@${version}`,
    dimensions,
    embedAll,
    embed: async (text, signal = new AbortController().signal) => (await embedAll([text], signal))[0] as Float32Array,
  };
}

function dimensionsOf(answer: unknown): number {
  const length = Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0].length : 0;
  if (length < 1 || length > MAX_DIMENSIONS) throw new SandboxFault("its vectors do not have the right form");
  return length;
}
