import { setImmediate } from "node:timers/promises";
import type { Embedder } from "../../kernel/index.ts";
import { STOP_WORDS, words } from "../../pipeline/text/terms.ts";

const DIMENSIONS = 256;
const GRAM_WEIGHT = 0.3;
/** Texts between two looks at the signal. */
const SLICE = 64;

/** Words and their three-letter pieces, hashed: finds likeness of spelling, knows nothing of meaning. */
export function hashedEmbedder(): Embedder {
  return {
    id: "hashed-256",
    dimensions: DIMENSIONS,
    embed: async (text) => hashedVector(text),
    async embedAll(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const [i, text] of texts.entries()) {
        if (i % SLICE === 0) {
          await setImmediate();
          signal.throwIfAborted();
        }
        vectors.push(hashedVector(text));
      }
      return vectors;
    },
  };
}

export function hashedVector(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const { surface, term } of words(text)) {
    if (STOP_WORDS.has(surface.toLowerCase())) continue;
    add(vector, term, 1);
    const padded = `^${term}$`;
    for (let i = 0; i + 3 <= padded.length; i++) add(vector, padded.slice(i, i + 3), GRAM_WEIGHT);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}

function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const at = hash % DIMENSIONS;
  vector[at] = (vector[at] as number) + (hash & 0x80000000 ? -weight : weight);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
