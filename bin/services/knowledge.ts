import type { SearchHit } from "../../kernel/index.ts";
import { Gather } from "../../pipeline/gather.ts";
import { type IndexReport, indexPaths, indexTexts, type TextDocument, type TextResult } from "../../pipeline/index-run.ts";
import { absolutePaths } from "./paths.ts";
import { ProgressLine } from "./progress.ts";
import type { Workspace } from "./workspace.ts";

/** Brings the documents below `paths` up to date in the vault. */
export async function addToVault(
  { kernel, config, signal }: Workspace,
  paths: readonly string[],
  progress: ProgressLine,
): Promise<IndexReport> {
  const { createReader } = await import("../../plugins/knowledge/reader.ts");
  const reader = createReader({ maxBytes: config.index.maxFileMiB * 1024 * 1024 });
  try {
    return await indexPaths({
      paths: absolutePaths(paths),
      vault: kernel.service("knowledgeVault"),
      embedder: kernel.service("embedder"),
      reader,
      signal,
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
  for await (const _ of changes(absolutePaths(paths), workspace.signal)) {
    const report = await addToVault(workspace, paths, new ProgressLine(true)).catch((error: unknown) => {
      if (!workspace.signal.aborted) throw error;
    });
    if (report && report.added + report.updated + report.removed > 0) yield report;
  }
}

/** Indexes texts one by one, as they come, in groups of those that wait together. */
export async function withTextIndexer<T>(
  { kernel, signal }: Workspace,
  use: (add: (text: TextDocument) => Promise<TextResult>) => Promise<T>,
): Promise<T> {
  const { createReader } = await import("../../plugins/knowledge/reader.ts");
  const reader = createReader();
  const parts = { vault: kernel.service("knowledgeVault"), embedder: kernel.service("embedder"), reader, signal };
  const gather = new Gather<TextDocument, TextResult>((texts) => indexTexts(texts, parts));
  try {
    return await use((text) => gather.add(text));
  } finally {
    await reader.close();
  }
}

/** A search result in the form that scripts rely on. */
export type SearchResult = Pick<SearchHit, "path" | "title" | "start" | "end" | "text" | "score">;

export async function searchVault({ kernel }: Workspace, query: string, limit: number): Promise<SearchResult[]> {
  const vector = await kernel.service("embedder").embed(query);
  return kernel
    .service("knowledgeVault")
    .search({ text: query, vector, limit, within: [] })
    .map(({ path, title, start, end, text, score }) => ({ path, title, start, end, text, score }));
}
