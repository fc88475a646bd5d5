import { type Embedder, SynesisError, Trace } from "../../kernel/index.ts";
import { vectorsOf } from "./answers.ts";
import { SandboxFault } from "./fault.ts";
import type { Ask } from "./taps.ts";

/** Texts that go to the plugin in one call. */
const BATCH = 64;
const MAX_DIMENSIONS = 4096;

/**
 * An embedder whose function `embed` takes one text and gives its vector. How long that is, is seen by asking once.
 *
 * @param name of the plugin.
 * @param id names the plugin, and whatever else its vectors depend on.
 * @throws SynesisError PLUGIN_FAILED, as every function of what it gives does
 */
export async function embedderOf(ask: Ask, name: string, id: string): Promise<Embedder> {
  const embedRaw = async <T>(texts: readonly string[], signal: AbortSignal, read: (answer: unknown) => T, trial = false): Promise<T> => {
    try {
      const answer = await ask([texts], { signal, trace: new Trace() }, read, { trial });
      if (answer === undefined) throw new SandboxFault("gave no vectors");
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      // what a plugin of the command's own process throws may quote the text
      const why = error instanceof SandboxFault ? error.message : "failed";
      throw new SynesisError("PLUGIN_FAILED", `(${name}: ${why})`, { cause: error });
    }
  };
  const dimensions = await embedRaw(["a"], new AbortController().signal, dimensionsOf, true);
  const embedAll = async (texts: readonly string[], signal: AbortSignal) => {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += BATCH) {
      const batch = texts.slice(from, from + BATCH);
      vectors.push(...(await embedRaw(batch, signal, (answer) => vectorsOf(answer, batch.length, dimensions))));
    }
    return vectors;
  };
  return {
    id,
    dimensions,
    embedAll,
    embed: async (text, signal = new AbortController().signal) => (await embedAll([text], signal))[0] as Float32Array,
  };
}

function dimensionsOf(answer: unknown): number {
  const length = Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0].length : 0;
  if (length < 1 || length > MAX_DIMENSIONS) throw new SandboxFault("its vectors do not have the right form");
  vectorsOf(answer, 1, length);
  return length;
}
