/**
 * Brings one document's vectors to where its row says they should be: there, or gone. Done again, it does the same, in
 * whatever order it is asked for: so a queue may deliver twice, and what a queue has lost the hourly run finds.
 */
import type { Env } from "../env.ts";
import { type DocumentRow, vectorId } from "./document.ts";
import { mustHaveIndex, type SharedIndex, sharedIndex } from "./shared-index.ts";
import { chunksOf, documentById, forget, markReady, removeOrphans, takeUndone } from "./table.ts";

/** What the queue carries: the document's id alone, never a text. */
export interface IndexJob {
  readonly documentId: string;
}

/** Vectors that Vectorize takes, or lets go, at once. */
const VECTORS_AT_ONCE = 500;
/** Documents that the hourly run takes, and how long it leaves them to others; ms. */
const MOST_UNDONE = 25;
const LEFT_TO_OTHERS_MS = 15 * 60_000;

type Stores = Pick<Env, "DATABASE" | "VECTORIZE" | "AI" | "EMBEDDING_MODEL" | "INDEX_QUEUE">;

/** Has documents settled: by the queue where there is one, here where there is none. What fails is the hourly run's. */
export async function haveSettled(env: Stores, documents: readonly string[]): Promise<void> {
  for (const documentId of documents) {
    const work = env.INDEX_QUEUE ? env.INDEX_QUEUE.send({ documentId }) : settleDocument(env, documentId);
    await Promise.resolve(work).catch(() => undefined);
  }
}

/** @throws what the index or the database throws */
export async function settleDocument(env: Stores, documentId: string): Promise<void> {
  const row = await documentById(env.DATABASE, documentId);
  if (!row || row.state === "ready") return;
  const index = mustHaveIndex(env);
  if (row.state === "removed") return takeAway(env.DATABASE, index, row);
  await bring(env.DATABASE, index, row);
  // Removed while it was brought: whoever removed it may have been faster with the vectors.
  if (!(await markReady(env.DATABASE, documentId))) await takeAway(env.DATABASE, index, row);
}

async function bring(database: D1Database, { embed, vectors }: SharedIndex, { id, scope }: DocumentRow): Promise<void> {
  const chunks = await chunksOf(database, id);
  const made = await embed(chunks.map(({ heading, text }) => (heading ? `${heading}\n${text}` : text)));
  const named = made.map((values, number) => ({ id: vectorId(id, number), values, namespace: scope }));
  for (let at = 0; at < named.length; at += VECTORS_AT_ONCE) await vectors.upsert(named.slice(at, at + VECTORS_AT_ONCE));
}

async function takeAway(database: D1Database, { vectors }: SharedIndex, { id, chunks }: DocumentRow): Promise<void> {
  const ids = Array.from({ length: chunks }, (_, number) => vectorId(id, number));
  for (let at = 0; at < ids.length; at += VECTORS_AT_ONCE) await vectors.deleteByIds(ids.slice(at, at + VECTORS_AT_ONCE));
  await forget(database, id);
}

/** Takes what the queue brings. A job that fails comes again; one that failed too often is the hourly run's. */
export async function takeJobs({ messages }: MessageBatch<IndexJob>, env: Stores): Promise<void> {
  for (const message of messages) {
    try {
      await settleDocument(env, message.body.documentId);
      message.ack();
    } catch {
      message.retry();
    }
  }
}

/** Settles what nobody has settled for a while; documents of projects and accounts that are gone go with them. */
export async function settleUndone(env: Stores, now: number): Promise<void> {
  await removeOrphans(env.DATABASE);
  if (!sharedIndex(env)) return;
  const documents = await takeUndone(env.DATABASE, now - LEFT_TO_OTHERS_MS, MOST_UNDONE, now);
  for (const documentId of documents) await settleDocument(env, documentId).catch(() => undefined);
}
