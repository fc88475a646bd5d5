/** Quality of finding: documents for a query (nDCG, recall, MRR), and the passage that holds a question's answer. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import type { DocumentReader, Embedder, KnowledgeVault, SearchHit } from "../../kernel/index.ts";
import { indexPaths, indexTexts } from "../../pipeline/index-run.ts";
import { createEmbedder, type EmbeddingsOptions } from "../../plugins/embeddings/index.ts";
import { createReader } from "../../plugins/knowledge/index.ts";
import { matchAny, queryTerms } from "../../plugins/knowledge/query-terms.ts";
import { SqliteVault } from "../../plugins/knowledge/vault.ts";
import { mean, ndcg, recall, reciprocalRank } from "./measures.ts";
import { misspelt, SPOILINGS } from "./misspelt.ts";

/** One line of the report. `system` is "ours", "fused" (without the reranker), "words", "vectors" or "fts5". */
export interface RetrievalRow {
  readonly collection: string;
  readonly system: string;
  readonly measures: Readonly<Record<string, number>>;
}

type Search = (query: string) => Promise<SearchHit[]>;

/** Chunks asked for so that a hundred documents come together. */
const DEEP = 400;

/** Evaluates every collection in `<dataDir>/retrieval`, and `<dataDir>/reading` when it is there. */
export async function evaluateRetrieval(dataDir: string, options: EmbeddingsOptions = {}): Promise<RetrievalRow[]> {
  const embedder = await createEmbedder(options);
  const rows: RetrievalRow[] = [];
  for (const name of foldersIn(join(dataDir, "retrieval")))
    rows.push(...(await withVault(embedder, (parts) => evaluateCollection(name, join(dataDir, "retrieval", name), parts))));
  if (foldersIn(dataDir).includes("reading"))
    rows.push(...(await withVault(embedder, (parts) => evaluateReading(join(dataDir, "reading"), parts))));
  return rows;
}

interface Parts {
  readonly vault: KnowledgeVault;
  readonly embedder: Embedder;
  readonly reader: DocumentReader;
  readonly signal: AbortSignal;
}

async function withVault<T>(embedder: Embedder, work: (parts: Parts) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "retrieval-"));
  const vault = new SqliteVault({
    file: join(home, "knowledge.db"),
    model: embedder.id,
    ...(embedder.embedNow && { embedNow: embedder.embedNow }),
  });
  const reader = createReader();
  try {
    return await work({ vault, embedder, reader, signal: new AbortController().signal });
  } finally {
    await reader.close();
    vault.close();
    rmSync(home, { recursive: true });
  }
}

/** The ways of searching that are compared; all but "fts5" go through the vault. */
function systems({ vault, embedder }: Parts, limit: number): Record<string, Search> {
  const vectorOf = (text: string) => embedder.embed(text);
  return {
    ours: async (text) => vault.search({ text, vector: await vectorOf(text), limit, within: [] }),
    fused: async (text) => vault.search({ text, vector: await vectorOf(text), limit, within: [], rerank: false }),
    words: async (text) => vault.search({ text, limit, within: [], rerank: false }),
    vectors: async (text) => vault.search({ text: "", vector: await vectorOf(text), limit, within: [], rerank: false }),
  };
}

interface Line {
  readonly id: string;
  readonly title?: string;
  readonly text: string;
}

async function evaluateCollection(collection: string, folder: string, parts: Parts): Promise<RetrievalRow[]> {
  const docs = readLines<Line>(join(folder, "docs.jsonl"));
  const relevant = Map.groupBy(readLines<{ query: string; doc: string }>(join(folder, "qrels.jsonl")), ({ query }) => query);
  const queries = readLines<Line>(join(folder, "queries.jsonl")).filter(({ id }) => relevant.has(id));
  await indexTexts(docs, parts);
  const rankers = Object.entries(systems(parts, DEEP)).map(([system, search]) => [system, documentsOf(search)] as const);
  const rows: RetrievalRow[] = [];
  for (const [system, rank] of [...rankers, ["fts5", wholeDocuments(docs)] as const]) {
    const results: { ndcg: number; recall: number; rr: number }[] = [];
    for (const { id, text } of queries) {
      const ranking = await rank(text);
      const wanted = new Set(relevant.get(id)?.map(({ doc }) => doc));
      results.push({ ndcg: ndcg(ranking, wanted, 10), recall: recall(ranking, wanted, 100), rr: reciprocalRank(ranking, wanted) });
    }
    rows.push({
      collection,
      system,
      measures: {
        "nDCG@10": mean(results.map((result) => result.ndcg)),
        "recall@100": mean(results.map((result) => result.recall)),
        MRR: mean(results.map((result) => result.rr)),
      },
    });
  }
  return rows;
}

/** A ranking of chunks as one of documents: each where its best chunk stands. */
function documentsOf(search: Search): (query: string) => Promise<string[]> {
  return async (query) => [...new Set((await search(query)).map(({ path }) => path))];
}

/** The peer: FTS5 over whole documents, its own BM25, stop words out, the title counted twice. */
function wholeDocuments(docs: readonly Line[]): (query: string) => Promise<string[]> {
  const db = new Sqlite(":memory:");
  db.exec("CREATE VIRTUAL TABLE docs USING fts5 (id UNINDEXED, title, text, tokenize='porter unicode61')");
  const insert = db.prepare("INSERT INTO docs (id, title, text) VALUES (?, ?, ?)");
  for (const { id, title = "", text } of docs) insert.run(id, title, text);
  const select = db.prepare("SELECT id FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 0, 2.0, 1.0) LIMIT 100").pluck();
  return async (query) => select.all(matchAny(queryTerms(query)) || '""') as string[];
}

interface ReadingQuestion {
  readonly question: string;
  readonly file: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
}

/** How often a passage of the right article that holds the answer's words comes first, or among the first five. */
async function evaluateReading(folder: string, parts: Parts): Promise<RetrievalRow[]> {
  await indexPaths({ ...parts, paths: [join(folder, "docs")] });
  const questions = readLines<ReadingQuestion>(join(folder, "questions.jsonl")).filter(({ answerable }) => answerable);
  const searches = systems(parts, 5);
  const rows: RetrievalRow[] = [];
  for (const [system, search] of Object.entries(searches))
    rows.push({ collection: "reading", system, measures: await hits(search, questions) });
  const asked = questions.map(({ question }) => question);
  const articles = readdirSync(join(folder, "docs")).map((name) => readFileSync(join(folder, "docs", name), "utf8"));
  for (const spoiling of SPOILINGS) {
    const spoilt = misspelt(asked, articles, spoiling);
    const changed = questions.flatMap((question, i) => (spoilt[i] === undefined ? [] : [{ ...question, question: spoilt[i] }]));
    for (const system of ["ours", "words"] as const)
      rows.push({ collection: `reading, ${spoiling}`, system, measures: await hits(searches[system] as Search, changed) });
  }
  return rows;
}

async function hits(search: Search, questions: readonly ReadingQuestion[]): Promise<RetrievalRow["measures"]> {
  const ranks: number[] = [];
  for (const { question, file, answers } of questions) {
    const found = await search(question);
    ranks.push(found.findIndex(({ path, text }) => path.endsWith(file) && answers.some((answer) => text.includes(answer))));
  }
  return { "hit@1": mean(ranks.map((rank) => Number(rank === 0))), "hit@5": mean(ranks.map((rank) => Number(rank !== -1))) };
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
}
