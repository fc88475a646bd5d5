/** Indexes generated files into a folder's vault and writes how many chunks there are and how many MB the process took at most. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { indexPaths } from "../../pipeline/index-run.ts";
import { createEmbedder } from "../../plugins/embeddings/index.ts";
import { createReader } from "../../plugins/knowledge/index.ts";
import { SqliteVault } from "../../plugins/knowledge/vault.ts";
import { chunkMaker } from "./search-corpus.ts";

/** Paragraphs of a file: about 200 KB. */
const PARAGRAPHS = 250;

const [folder, count] = process.argv.slice(2) as [string, string];
const files = join(folder, "files");
mkdirSync(files);
const next = chunkMaker();
for (let written = 0; written < Number(count); written += PARAGRAPHS) {
  const paragraphs = Array.from({ length: Math.min(PARAGRAPHS, Number(count) - written) }, next);
  writeFileSync(join(files, `${written}.md`), paragraphs.map(({ title, text }) => `## ${title}\n\n${text}\n`).join("\n"));
}
const embedder = await createEmbedder();
const vault = new SqliteVault({ file: join(folder, "knowledge.db"), model: embedder.id });
const reader = createReader();
// Looked at after every batch: the system's own figure for the most counts what the parent had when it started this process.
let most = 0;
const onProgress = () => {
  most = Math.max(most, process.memoryUsage.rss());
};
await indexPaths({ paths: [files], vault, embedder, reader, onProgress, signal: new AbortController().signal });
await reader.close();
console.log(JSON.stringify({ chunks: vault.stats().chunks, mb: Math.round(most / 1e6) }));
vault.close();
