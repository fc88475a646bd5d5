import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchRow } from "./table.ts";

const PROCESS = fileURLToPath(new URL("./indexing.process.ts", import.meta.url));

/** Memory of a process that indexes files of so many paragraphs, beside one that indexes a tenth of them. */
export function benchIndexingMemory(chunkCount: number): BenchRow {
  const [all, tenth] = [measure(chunkCount), measure(Math.ceil(chunkCount / 10))];
  return {
    name: `memory while indexing ${all.chunks} chunks (${all.mb} MB)`,
    peer: `${tenth.chunks} chunks (${tenth.mb} MB)`,
    ratio: all.mb / tenth.mb,
    wanted: "does not grow with the files",
  };
}

function measure(chunkCount: number): { readonly chunks: number; readonly mb: number } {
  const folder = mkdtempSync(join(tmpdir(), "indexing-"));
  try {
    return JSON.parse(execFileSync(process.execPath, [...process.execArgv, PROCESS, folder, String(chunkCount)], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
