/** Hybrid search over generated chunks, against what one would build of FTS5 and sqlite-vec: the same words and vectors. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { load } from "sqlite-vec";
import { createEmbedder } from "../../plugins/embeddings/index.ts";
import { fuse } from "../../plugins/knowledge/fuse.ts";
import { matchAny, queryTerms } from "../../plugins/knowledge/query-terms.ts";
import { SqliteVault } from "../../plugins/knowledge/vault.ts";
import { cpuMs } from "./cpu-time.ts";
import { benchIndexingMemory } from "./indexing-memory.ts";
import { median } from "./median.ts";
import { searchCorpus } from "./search-corpus.ts";
import type { BenchRow } from "./table.ts";

const QUESTIONS = 200;
/** Those that the peer is asked too: it takes longer. */
const PEER_QUESTIONS = 60;
/** Questions for which the vault is opened anew, as a command does that answers one and ends. */
const COLD = 7;
const BATCH = 500;
/** What each side takes from its two indexes before it fuses them. */
const CANDIDATES = 100;

/** Times and sizes, and how much of the exact vector search's first ten is found. */
export async function benchSearch(chunkCount = 100_000): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "search-bench-"));
  try {
    return await compare(folder, chunkCount);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(folder: string, chunkCount: number): Promise<BenchRow[]> {
  const embedder = await createEmbedder();
  const embedNow = (text: string) => embedder.embedNow?.(text) ?? new Float32Array();
  const { chunks, questions } = searchCorpus(chunkCount, QUESTIONS);
  const embedding = timed(() => chunks.map(({ title, text }) => embedNow(`${title}\n${text}`)));
  const vectors = embedding.result;
  const vault = new SqliteVault({ file: join(folder, "ours.db"), model: embedder.id, embedNow });
  const peer = createPeer(join(folder, "peer.db"), embedder.dimensions);
  const oursWrite = timed(() => {
    for (let from = 0; from < chunkCount; from += BATCH)
      vault.write(
        chunks.slice(from, from + BATCH).map(({ title, text }, i) => ({
          path: `/${from + i}`,
          ...{ title, kind: "text", hash: String(from + i), size: 0, modified: 0 },
          chunks: [{ start: 0, end: text.length, heading: "", text }],
          vectors: [vectors[from + i] as Float32Array],
        })),
      );
  });
  const peerWrite = timed(() => peer.write(chunks, vectors));
  const asked = questions.map((text) => ({ text, vector: embedNow(text) }));
  const within: string[] = [];
  for (const { text, vector } of asked.slice(0, 2)) vault.search({ text, vector, limit: 10, within });
  await vault.settled(); // indexes in memory are begun at the second search

  // Each in a loop of its own, as in use: one that has just read a hundred megabytes would slow the next.
  const each = <T>(work: (question: (typeof asked)[number]) => T, count = QUESTIONS) =>
    asked.slice(0, count).map((question) => timed(() => work(question)));
  const ours = each(({ text, vector }) => vault.search({ text, vector, limit: 10, within }));
  const theirs = each(({ text, vector }) => peer.hybrid(text, vector), PEER_QUESTIONS);
  const oursVector = each(({ vector }) => vault.search({ text: "", vector, limit: 10, within, rerank: false }));
  const exact = each(({ vector }) => peer.nearest(vector, 10), PEER_QUESTIONS);
  const found = oursVector.slice(0, PEER_QUESTIONS).map(({ result }, i) => {
    const wanted = new Set(exact[i]?.result);
    return result.filter(({ path }) => wanted.has(Number(path.slice(1)))).length / 10;
  });
  const size = (name: string) => statSync(join(folder, name)).size;
  const p50 = (results: readonly { ms: number }[]) => median(results.map(({ ms }) => ms));
  const compared = (what: string, mine: readonly { ms: number }[], others: readonly { ms: number }[], wanted: string) => ({
    name: `${what}, ${chunkCount} chunks (p50 ${p50(mine).toFixed(1)} ms)`,
    peer: `FTS5 + vec0 float32 (${p50(others).toFixed(1)} ms)`,
    ratio: p50(mine) / p50(others),
    wanted,
  });
  // The mean, since systems count processor time in steps that are longer than a search.
  const cpu = (results: readonly { cpu: number }[]) => results.reduce((sum, { cpu }) => sum + cpu, 0) / results.length;
  const cold = asked.slice(0, COLD).map(({ text, vector }) =>
    timed(() => {
      const opened = new SqliteVault({ file: join(folder, "ours.db"), model: embedder.id, embedNow });
      opened.search({ text, vector, limit: 10, within });
      opened.close();
    }),
  );
  const perSecond = ({ ms }: { ms: number }) => `${Math.round((chunkCount / ms) * 1000)} chunks/s`;
  vault.close();
  peer.close();
  return [
    compared("hybrid search", ours, theirs, "0.10 or less"),
    {
      name: `the same in processor time (mean ${cpu(ours).toFixed(1)} ms)`,
      peer: `${cpu(theirs).toFixed(1)} ms`,
      ratio: cpu(ours) / cpu(theirs),
      wanted: "0.10 or less",
    },
    compared("opening and the first hybrid search", cold, theirs, "–"),
    compared("vectors alone", oursVector, exact, "less"),
    {
      name: "recall@10 of vectors alone",
      peer: "exact float32",
      ratio: found.reduce((sum, share) => sum + share, 0) / found.length,
      wanted: "0.98 or more",
    },
    {
      name: `writing (${perSecond(oursWrite)})`,
      peer: perSecond(peerWrite),
      ratio: oursWrite.ms / peerWrite.ms,
      wanted: "10,000 chunks/s",
    },
    { name: `embedding, one thread (${perSecond(embedding)})`, peer: "–", ratio: Number.NaN, wanted: "5,000 chunks/s" },
    benchIndexingMemory(chunkCount),
    { name: "bytes on disk", peer: "FTS5 + vec0 float32", ratio: size("ours.db") / size("peer.db"), wanted: "less" },
  ];
}

function createPeer(file: string, dimensions: number) {
  const db = new Sqlite(file);
  load(db);
  db.pragma("journal_mode = WAL");
  db.exec(`CREATE VIRTUAL TABLE words USING fts5 (title, text, tokenize='porter unicode61');
    CREATE VIRTUAL TABLE vectors USING vec0 (embedding float[${dimensions}])`);
  const insertWords = db.prepare("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)");
  const insertVector = db.prepare("INSERT INTO vectors (rowid, embedding) VALUES (?, ?)");
  const match = db.prepare(`SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 2.0, 1.0) LIMIT ${CANDIDATES}`).pluck();
  const knn = db.prepare("SELECT rowid FROM vectors WHERE embedding MATCH ? AND k = ?").pluck();
  const nearest = (vector: Float32Array, k: number) => knn.all(Buffer.from(vector.buffer), k) as number[];
  return {
    nearest,
    write(chunks: readonly { title: string; text: string }[], vectors: readonly Float32Array[]) {
      for (let from = 0; from < chunks.length; from += BATCH)
        db.transaction(() => {
          for (const [i, { title, text }] of chunks.slice(from, from + BATCH).entries()) {
            insertWords.run(from + i, title, text);
            insertVector.run(BigInt(from + i), Buffer.from((vectors[from + i] as Float32Array).buffer));
          }
        })();
    },
    hybrid(text: string, vector: Float32Array) {
      const ids = match.all(matchAny(queryTerms(text))) as number[];
      const read = db.prepare("SELECT title, text FROM words WHERE rowid = ?");
      return fuse([
        { ids, weight: 1 },
        { ids: nearest(vector, CANDIDATES), weight: 1 },
      ])
        .slice(0, 10)
        .map(({ id }) => read.get(id));
    },
    close: () => db.close(),
  };
}

function timed<T>(work: () => T): { ms: number; cpu: number; result: T } {
  const began = performance.now();
  let result: T | undefined;
  const cpu = cpuMs(() => {
    result = work();
  });
  return { ms: performance.now() - began, cpu, result: result as T };
}
