/** Chunks get their vectors: those of new documents, and those that another model has embedded before. */
import type { Embedder, IndexedDocument, KnowledgeVault, ReadDocument } from "../kernel/index.ts";

interface EmbeddingParts {
  readonly vault: KnowledgeVault;
  readonly embedder: Embedder;
  readonly signal: AbortSignal;
}

export interface RenewOptions {
  /** How long to embed anew what another model has embedded, ms; until it is done when absent. */
  readonly renewMs?: number;
  /** Told how many chunks have been embedded anew. */
  readonly onRenewed?: (chunks: number) => void;
}

export async function withVectors(documents: readonly ReadDocument[], embedder: Embedder, signal: AbortSignal): Promise<IndexedDocument[]> {
  const texts = documents.flatMap(({ title, chunks }) => chunks.map(({ heading, text }) => embeddedText(title, heading, text)));
  const vectors = await embedder.embedAll(texts, signal);
  let at = 0;
  return documents.map((document) => {
    const from = at;
    at += document.chunks.length;
    return { ...document, vectors: vectors.slice(from, at) };
  });
}

/** Chunks that are embedded anew in one transaction. */
const RENEWED = 256;

/**
 * Embeds anew what another model has embedded, a batch at a time: an aborted run goes on where it stopped, and search
 * works all the while, by words where the vector is still missing.
 */
export async function renewVectors({
  vault,
  embedder,
  signal,
  renewMs = Number.POSITIVE_INFINITY,
  onRenewed,
}: EmbeddingParts & RenewOptions): Promise<number> {
  const until = performance.now() + renewMs;
  let renewed = 0;
  let after = 0;
  for (let chunks = vault.outdated(after, RENEWED); chunks.length > 0; chunks = vault.outdated(after, RENEWED)) {
    const vectors = await embedder.embedAll(
      chunks.map(({ title, heading, text }) => embeddedText(title, heading, text)),
      signal,
    );
    vault.renew(chunks.map(({ id }, i) => ({ id, vector: vectors[i] as Float32Array })));
    renewed += chunks.length;
    onRenewed?.(renewed);
    if (performance.now() > until) return renewed;
    after = chunks.at(-1)?.id ?? after;
  }
  if (renewed > 0) vault.outdated(0, 1);
  return renewed;
}

/** What stands for a chunk when it is embedded: its place in the document helps to tell what it is about. */
function embeddedText(title: string, heading: string, text: string): string {
  return [title, heading, text].filter((part) => part !== "").join("\n");
}
