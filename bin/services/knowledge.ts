import { resolve } from "node:path";
import type { SearchHit } from "../../kernel/index.ts";
import { type IndexReport, indexPaths } from "../../pipeline/index-run.ts";
import type { ProgressLine } from "./progress.ts";
import type { Workspace } from "./workspace.ts";

/** Brings the documents below `paths` up to date in the vault. */
export async function addToVault(
  { kernel, config, signal }: Workspace,
  paths: readonly string[],
  progress: ProgressLine,
): Promise<IndexReport> {
  const { createReader } = await import("../../plugins/knowledge/reader.ts");
  const reader = createReader({ maxFileBytes: config.index.maxFileMiB * 1024 * 1024 });
  try {
    return await indexPaths({
      paths: paths.map((path) => resolve(path)),
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

/** A search result in the form that scripts rely on. */
export type SearchResult = Pick<SearchHit, "path" | "title" | "start" | "end" | "text" | "score">;

export function searchVault({ kernel }: Workspace, query: string, limit: number, within: readonly string[] = []): SearchResult[] {
  const vector = kernel.service("embedder").embed(query);
  return kernel
    .service("knowledgeVault")
    .search({ text: query, vector, limit, within })
    .map(({ path, title, start, end, text, score }) => ({ path, title, start, end, text, score }));
}
