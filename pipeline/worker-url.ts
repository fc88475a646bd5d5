/**
 * The file of a worker: beside its source when run from source, in the build's own folder when built, where each worker
 * is an entry of its own under the name of its file.
 *
 * @param source `import.meta.url` of the caller, which lies beside the worker's source.
 */
export function workerUrl(name: string, source: string): URL {
  if (source.endsWith(".ts")) return new URL(`./${name}.worker.ts`, source);
  const root = source.slice(0, source.lastIndexOf("/dist/") + "/dist/".length);
  return new URL(`${name}.worker.js`, root);
}
