/** An indexing run: what is new or changed below some paths goes into the knowledge vault, what vanished leaves it. */
import { resolve, sep } from "node:path";
import type {
  DocumentReader,
  Embedder,
  FileStamp,
  KnowledgeVault,
  PathState,
  ReadDocument,
  SkippedFile,
  WriteOutcome,
} from "../kernel/index.ts";
import { type RenewOptions, renewVectors, withVectors } from "./embed-chunks.ts";

export interface IndexReport {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly skipped: readonly SkippedFile[];
  /** Chunks written. */
  readonly chunks: number;
  readonly ms: number;
}

export interface IndexProgress {
  /** Files that are done, of those that had to be read. */
  readonly done: number;
  readonly total: number;
  /** The last file that was done. */
  readonly current: string;
  /** Files a second. */
  readonly rate: number;
}

export interface IndexParts {
  readonly vault: KnowledgeVault;
  readonly embedder: Embedder;
  readonly reader: DocumentReader;
  readonly signal: AbortSignal;
}

export interface IndexRun extends IndexParts, RenewOptions {
  readonly paths: readonly string[];
  /** Whole paths, of files or folders, that are no documents wherever they lie: what the program itself reads and writes. */
  readonly except?: readonly string[];
  readonly onProgress?: (progress: IndexProgress) => void;
}

/** Files that go to a thread and into a transaction together: at most so many, and so many bytes. */
const BATCH_FILES = 256;
const BATCH_BYTES = 512 * 1024;

/**
 * Brings the vault up to date with the files at or below `paths`. Files whose size and time are as noted are not read.
 * Every batch is written in a transaction of its own: when the run is ended, by whatever, what was reported stays.
 *
 * @throws SynesisError of the vault, or PATH_NOT_FOUND; the signal's reason.
 */
export async function indexPaths(run: IndexRun): Promise<IndexReport> {
  const began = performance.now();
  const { found, changed, unchanged, skipped, unknownFolders } = await survey(run);
  const tally = { added: 0, updated: 0, unchanged, chunks: 0 };
  const progress = progressOf(run, changed.length);
  for await (const [batch, results] of readAhead(run, batches(changed))) {
    await store(run, results, tally, skipped);
    progress(batch);
  }
  await renewVectors(run);
  const removed = run.vault.removeExactly(vanished(run, found, unknownFolders));
  return { ...tally, removed, skipped, ms: performance.now() - began };
}

interface Survey {
  readonly found: Set<string>;
  readonly changed: FileStamp[];
  readonly unchanged: number;
  readonly skipped: SkippedFile[];
  readonly unknownFolders: string[];
}

/** Walks the paths and compares each file with what the vault knows of it. */
async function survey({ paths, except = [], vault, reader, signal }: IndexRun): Promise<Survey> {
  const found = new Set<string>();
  const changed: FileStamp[] = [];
  const skipped: SkippedFile[] = [];
  const unknownFolders: string[] = [];
  let unchanged = 0;
  const own = new Set<string>();
  for await (const file of reader.walk(paths, signal)) {
    const below = except.find((path) => file.path === path || file.path.startsWith(path + sep));
    if (below !== undefined) {
      own.add(below);
      continue;
    }
    if ("reason" in file) {
      skipped.push({ path: file.path, reason: file.reason });
      if (file.folder) unknownFolders.push(file.path);
      continue;
    }
    found.add(file.path);
    const known = vault.state(file.path);
    if (known?.size !== file.size || known.modified !== file.modified) changed.push(file);
    else if (known.recipe !== reader.recipe) changed.push(file);
    else if (known.reason !== undefined) skipped.push({ path: file.path, reason: known.reason });
    else unchanged++;
  }
  skipped.push(...Array.from(own, (path) => ({ path, reason: "read or written by this program itself" })));
  return { found, changed, unchanged, skipped, unknownFolders };
}

function* batches(files: readonly FileStamp[]): Generator<FileStamp[]> {
  let batch: FileStamp[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length === BATCH_FILES || bytes + file.size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) yield batch;
}

type Read = ReadDocument | (FileStamp & SkippedFile);

/** Reads batches while earlier ones are stored, in order, with as many under way as there are threads and one more. */
async function* readAhead(
  { reader, signal }: IndexRun,
  source: Generator<FileStamp[]>,
): AsyncGenerator<[batch: FileStamp[], results: readonly Read[]]> {
  const underWay: { batch: FileStamp[]; results: Promise<readonly Read[]> }[] = [];
  const start = () => {
    const { value: batch } = source.next();
    if (!batch) return;
    const results = reader.read(batch, signal);
    results.catch(() => {}); // it is awaited below, unless an earlier one fails first
    underWay.push({ batch, results });
  };
  for (let i = 0; i <= reader.threads; i++) start();
  for (let next = underWay.shift(); next; next = underWay.shift()) {
    const results = await next.results;
    start();
    yield [next.batch, results];
  }
}

/** Embeds and writes one batch. */
async function store(
  { vault, embedder, reader, signal }: IndexParts,
  results: readonly Read[],
  tally: { added: number; updated: number; unchanged: number; chunks: number },
  skipped: SkippedFile[],
): Promise<void> {
  const left = results.filter((result) => "reason" in result).map((file) => ({ ...file, recipe: reader.recipe }));
  const read = results.filter((result): result is ReadDocument => !("reason" in result));
  const [same, fresh] = partition(read, (document) => isSame(document, vault.state(document.path)));
  const documents = await withVectors(fresh, embedder, signal);
  const outcomes = documents.length > 0 || left.length > 0 ? vault.write(documents, left) : [];
  if (same.length > 0) vault.touch(same);
  for (const [i, outcome] of outcomes.entries()) {
    tally[outcome]++;
    if (outcome !== "unchanged") tally.chunks += documents[i]?.chunks.length ?? 0;
  }
  tally.unchanged += same.length;
  skipped.push(...left.map(({ path, reason }) => ({ path, reason })));
}

/** Whether the vault has the same text, cut in the same way. */
function isSame({ hash, recipe }: ReadDocument, known: PathState | undefined): boolean {
  return known?.hash === hash && known.recipe === recipe;
}

/** Documents at or below the paths that are no longer there, as far as that is known. */
function vanished({ paths, vault }: IndexRun, found: ReadonlySet<string>, unknownFolders: readonly string[]): string[] {
  return vault
    .paths(paths.map((path) => resolve(path)))
    .filter((path) => !found.has(path) && !unknownFolders.some((folder) => path.startsWith(folder + sep)));
}

function progressOf({ onProgress }: IndexRun, total: number): (batch: readonly FileStamp[]) => void {
  const began = performance.now();
  let done = 0;
  return (batch) => {
    done += batch.length;
    const seconds = (performance.now() - began) / 1000;
    onProgress?.({ done, total, current: batch.at(-1)?.path ?? "", rate: done / Math.max(seconds, 0.001) });
  };
}

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [yes: T[], no: T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

/** One line of a `batch index`. */
export interface TextDocument {
  readonly id: string;
  readonly title?: string;
  readonly text: string;
  readonly path?: string;
}

/** What became of one line. */
export type TextResult =
  | { readonly id: string; readonly path: string; readonly status: WriteOutcome; readonly chunks: number }
  | { readonly id: string; readonly path: string; readonly status: "skipped"; readonly reason: string };

/**
 * Indexes texts that are at hand, all in one transaction; a text's path is its `path`, else its `id`. Give some dozens
 * at once: a transaction for each text is several times slower.
 */
export async function indexTexts(texts: readonly TextDocument[], parts: IndexParts): Promise<TextResult[]> {
  const { vault, embedder, reader, signal } = parts;
  const results: TextResult[] = [];
  const fresh: ReadDocument[] = [];
  for (const { id, title, text, path = id } of texts) {
    signal.throwIfAborted();
    const document = await reader.parse(path, text, title);
    if ("reason" in document) {
      results.push({ id, path, status: "skipped", reason: document.reason });
      continue;
    }
    if (!isSame(document, vault.state(path))) fresh.push(document);
    results.push({ id, path, status: "unchanged", chunks: document.chunks.length });
  }
  if (fresh.length === 0) return results;
  const outcomes = vault.write(await withVectors(fresh, embedder, signal));
  const became = new Map(fresh.map(({ path }, i) => [path, outcomes[i] ?? "unchanged"]));
  return results.map((result) => (result.status === "skipped" ? result : { ...result, status: became.get(result.path) ?? result.status }));
}
