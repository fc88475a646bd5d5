import type { DocumentFilter, DocumentReader, PrivacyFindings, SearchHit } from "../../kernel/index.ts";
import { Gather } from "../../pipeline/gather.ts";
import { type IndexReport, type IndexRun, indexPaths, indexTexts, type TextDocument, type TextResult } from "../../pipeline/index-run.ts";
import type { Config } from "./config.ts";
import { count } from "./count.ts";
import { absolutePaths } from "./paths.ts";
import { ProgressLine } from "./progress.ts";
import type { Workspace } from "./workspace.ts";

/** How long a question waits for passages to be embedded anew after another model was chosen; words find the others, ms. */
export const RENEW_BEFORE_ASKING_MS = 1_000;

/** Brings the documents below `paths` up to date in the vault. */
export async function addToVault(
  { home, kernel, config, signal }: Workspace,
  paths: readonly string[],
  progress: ProgressLine,
  { except = [], ...options }: Pick<IndexRun, "renewMs" | "except"> = {},
): Promise<IndexReport> {
  const reader = await openReader(config);
  try {
    return await indexPaths({
      paths: absolutePaths(paths),
      except: absolutePaths([home, ...except]),
      vault: kernel.service("knowledgeVault"),
      embedder: kernel.service("embedder"),
      reader,
      signal,
      ...options,
      onRenewed: (chunks) => progress.show(`Embedding anew with another model: ${count(chunks, "passage")}`),
      onProgress: ({ done, total, current, rate }) => progress.show(`Indexing ${done} of ${total}  ${Math.round(rate)}/s  ${current}`),
    });
  } finally {
    progress.clear();
    await reader.close();
  }
}

/**
 * Brings the vault up to date at once, and again whenever something at or below `paths` has changed. A path that is gone
 * takes its documents with it and is looked for again. Ends when the workspace's signal aborts.
 */
export async function* watchIntoVault(workspace: Workspace, paths: readonly string[]): AsyncGenerator<IndexReport> {
  const { changes } = await import("../../plugins/knowledge/changes.ts");
  for await (const _ of changes(absolutePaths(paths), workspace.signal, { except: absolutePaths([workspace.home]) })) {
    const report = await addToVault(workspace, paths, new ProgressLine(true)).catch((error: unknown) => {
      if (!workspace.signal.aborted) throw error;
    });
    if (report && report.added + report.updated + report.removed > 0) yield report;
  }
}

/** A reader as the settings say, with the privacy plugin's own judgement of what is personal. */
export async function openReader({ index }: Config): Promise<DocumentReader> {
  const [{ createReader }, { classifierModule }, { shippedTokenizer }] = await Promise.all([
    import("../../plugins/knowledge/reader.ts"),
    import("../../plugins/privacy/index.ts"),
    import("../../plugins/embeddings/index.ts"),
  ]);
  const { chunker: kind, chunkTokens: tokens, chunkOverlap: overlap } = index;
  return createReader({
    maxBytes: index.maxFileMiB * 1024 * 1024,
    chunking: kind === "tokens" ? { kind, tokens, overlap, tokenizer: shippedTokenizer() } : { kind },
    classifier: classifierModule(),
  });
}

/** Indexes texts one by one, as they come, in groups of those that wait together. */
export async function withTextIndexer<T>(
  { kernel, config, signal }: Workspace,
  use: (add: (text: TextDocument) => Promise<TextResult>) => Promise<T>,
): Promise<T> {
  const reader = await openReader(config);
  const parts = { vault: kernel.service("knowledgeVault"), embedder: kernel.service("embedder"), reader, signal };
  const gather = new Gather<TextDocument, TextResult>((texts) => indexTexts(texts, parts));
  try {
    return await use((text) => gather.add(text));
  } finally {
    await reader.close();
  }
}

/** A search result in the form that scripts rely on. */
export interface SearchResult extends Pick<SearchHit, "path" | "title" | "start" | "end" | "text" | "score"> {
  /** Null when nobody has looked, as in what an older version indexed. */
  readonly privacy: PrivacyFindings | null;
}

export async function searchVault(
  { kernel, signal }: Workspace,
  query: string,
  limit: number,
  filter: DocumentFilter,
): Promise<SearchResult[]> {
  const vector = await kernel.service("embedder").embed(query, signal);
  return kernel
    .service("knowledgeVault")
    .search({ ...filter, text: query, vector, limit })
    .map(({ path, title, start, end, text, score, privacy = null }) => ({ path, title, start, end, text, score, privacy }));
}
