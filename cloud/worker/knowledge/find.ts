/** Finding passages in what is shared. */
import type { Env } from "../env.ts";
import { CloudError } from "../errors.ts";
import type { Scope } from "./document.ts";
import { mustHaveIndex } from "./shared-index.ts";
import { type FoundChunk, readChunks } from "./table.ts";

/** Passages that one question gets. */
const PASSAGES = 8;

/**
 * The passages of one scope that are nearest to a question, the nearest first. Whose they are is asked twice: the index has
 * a namespace for each scope, and texts are read from the database under the scope alone.
 *
 * @throws CloudError knowledge_off; unavailable when the index or its model fails; what the database throws
 */
export async function findShared(env: Env, scope: Scope, question: string): Promise<FoundChunk[]> {
  const { embed, vectors } = mustHaveIndex(env);
  const nearest = async () => {
    const [vector = []] = await embed([question]);
    return vectors.query(vector, { topK: PASSAGES, namespace: scope });
  };
  const { matches } = await nearest().catch(() => {
    throw new CloudError("unavailable", "The index of what is shared does not answer.");
  });
  const order = matches.map(({ id }) => parseVectorId(id));
  const found = await readChunks(env.DATABASE, scope, order);
  const place = ({ documentId, number }: FoundChunk) => order.findIndex((one) => one.documentId === documentId && one.number === number);
  return found.toSorted((a, b) => place(a) - place(b));
}

function parseVectorId(id: string): { documentId: string; number: number } {
  const dot = id.lastIndexOf(".");
  return { documentId: id.slice(0, dot), number: Number(id.slice(dot + 1)) };
}
