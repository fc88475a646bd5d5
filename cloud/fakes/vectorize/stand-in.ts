/**
 * A stand-in for the bindings of Vectorize and of Workers AI's embeddings, as one Worker: neither runs on one's own machine.
 * Vectors are kept in memory, and what does not keep to the limits is refused. Changes are seen a little later, in order, as
 * there. Its own address tells a test what it keeps (GET), and has it fail or work again (PUT /failing, PUT /working).
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { DIMENSIONS, Embedding, Ids, Query, Upserted, Vector } from "./index-check.ts";

interface Kept {
  readonly values: readonly number[];
  readonly namespace: string;
}

/** Until a change is seen; ms. */
const LAG_MS = 50;

const vectors = new Map<string, Kept>();
let changes: { readonly at: number; readonly apply: () => void }[] = [];
let failing = false;

export default class StandIn extends WorkerEntrypoint {
  async run(model: string, input: unknown): Promise<{ shape: number[]; data: number[][] }> {
    works();
    if (!model.startsWith("@cf/")) throw new Error("there is no such model");
    const { text } = Embedding.parse(input);
    return { shape: [text.length, DIMENSIONS], data: text.map(embed) };
  }

  async upsert(given: unknown): Promise<{ mutationId: string }> {
    works();
    const all = Upserted.parse(given);
    return changed(() => all.forEach(({ id, values, namespace }) => void vectors.set(id, { values, namespace })));
  }

  async deleteByIds(given: unknown): Promise<{ mutationId: string }> {
    works();
    const ids = Ids.parse(given);
    return changed(() => ids.forEach((id) => void vectors.delete(id)));
  }

  async query(given: unknown, options: unknown): Promise<{ count: number; matches: { id: string; score: number }[] }> {
    works();
    settle();
    const [asked, { topK, namespace }] = [Vector.parse(given), Query.parse(options)];
    const matches = [...vectors]
      .filter(([, kept]) => kept.namespace === namespace)
      .map(([id, { values }]) => ({ id, score: values.reduce((sum, value, i) => sum + value * (asked[i] ?? 0), 0) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, topK);
    return { count: matches.length, matches };
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.method === "PUT") failing = new URL(request.url).pathname === "/failing";
    settle();
    return Response.json([...vectors].map(([id, { namespace }]) => ({ id, namespace })));
  }
}

function works(): void {
  if (failing) throw new Error("the index does not answer");
}

function changed(apply: () => void): { mutationId: string } {
  changes.push({ at: Date.now(), apply });
  return { mutationId: crypto.randomUUID() };
}

function settle(): void {
  const due = changes.filter(({ at }) => at + LAG_MS <= Date.now());
  changes = changes.slice(due.length);
  for (const { apply } of due) apply();
}

/** A vector of unit length: words by a checksum of their letters, so that texts that share words are near. */
function embed(text: string): number[] {
  const values = Array.from({ length: DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    let sum = 7;
    for (const letter of word) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
    values[sum % DIMENSIONS] = (values[sum % DIMENSIONS] ?? 0) + 1;
  }
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}
