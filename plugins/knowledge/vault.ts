import type Sqlite from "better-sqlite3";
import { load } from "sqlite-vec";
import type {
  DocumentInfo,
  FileStamp,
  IndexedDocument,
  KnowledgeVault,
  OutdatedChunk,
  PathState,
  SearchHit,
  SearchRequest,
  UnreadFile,
  VaultStats,
  WriteOutcome,
} from "../../kernel/index.ts";
import { LocalDatabase } from "../../pipeline/database.ts";
import { below } from "./below.ts";
import { documentWriter, findingsOf, type PrivacyColumns } from "./document-writer.ts";
import { MemoryThread } from "./memory-thread.ts";
import { quantise } from "./quantise.ts";
import { MIGRATIONS } from "./schema.ts";
import { Searcher } from "./search.ts";
import { readStats } from "./stats.ts";
import { WordIndex } from "./word-index/word-index.ts";

/** Pages held in memory: a search touches a hundred places of a large file. */
const CACHE_KIB = 64 * 1024;

export interface VaultOptions {
  /** The database file; made when missing, at first use. */
  readonly file: string;
  /** The id of the embedder whose vectors are written and searched. */
  readonly model: string;
  /** The same embedder on the spot, where it takes microseconds: it compares sentences. */
  readonly embedNow?: (text: string) => Float32Array;
}

/** The knowledge vault in one SQLite file, opened at first use. */
export class SqliteVault implements KnowledgeVault {
  readonly #options: VaultOptions;
  #database: LocalDatabase | undefined;
  #model: number | undefined;
  #searcher: Searcher | undefined;
  #words: WordIndex | undefined;
  #thread: MemoryThread | undefined;
  #states: [document: Sqlite.Statement, skipped: Sqlite.Statement] | undefined;

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  state(path: string): PathState | undefined {
    return this.#read((db) => {
      // Kept, since it is asked for every file.
      this.#states ??= [
        db.prepare("SELECT hash, size, modified, recipe FROM documents WHERE path = ?"),
        db.prepare("SELECT '' AS hash, size, modified, recipe, reason FROM skipped WHERE path = ?"),
      ];
      const [document, skipped] = this.#states;
      return (document.get(path) ?? skipped.get(path)) as PathState | undefined;
    });
  }

  write(documents: readonly IndexedDocument[], skipped: readonly UnreadFile[] = []): WriteOutcome[] {
    return this.#open().transaction((db) => {
      const writer = documentWriter(db, this.#modelNumber(db));
      const skip = db.prepare("INSERT OR REPLACE INTO skipped (path, size, modified, recipe, reason) VALUES (?, ?, ?, ?, ?)");
      const outcomes = documents.map((document) => writer.write(document));
      for (const { path, size, modified, recipe = "", reason } of skipped) {
        writer.remove(path);
        skip.run(path, size, modified, recipe, reason);
      }
      return outcomes;
    });
  }

  touch(documents: readonly FileStamp[]): void {
    this.#open().transaction((db) => {
      const update = db.prepare("UPDATE documents SET size = ?, modified = ? WHERE path = ?");
      for (const { path, size, modified } of documents) update.run(size, modified, path);
    });
  }

  remove(paths: readonly string[]): number {
    return paths.length === 0 ? 0 : this.removeExactly(this.paths(paths));
  }

  removeExactly(paths: readonly string[]): number {
    const database = this.#open();
    const removed = database.transaction((db) => {
      const writer = documentWriter(db, this.#modelNumber(db));
      return paths.filter((path) => writer.remove(path)).length;
    });
    // Pages overwritten by secure_delete may still stand in the write-ahead log.
    if (removed > 0) database.use((db) => db.pragma("wal_checkpoint(TRUNCATE)"));
    return removed;
  }

  search(request: SearchRequest): SearchHit[] {
    return this.#read((db) => {
      if (!this.#searcher) load(db); // only a search needs the functions on vectors
      this.#searcher ??= this.#openSearcher(db);
      // One transaction: what is read fits together, and the file is locked once instead of for every row.
      return db.transaction((searcher: Searcher) => searcher.search(request))(this.#searcher);
    });
  }

  /** Resolves when no index is being made in memory: the next search is as fast as it gets. */
  async settled(): Promise<void> {
    await Promise.all([this.#words?.settled(), this.#searcher?.settled()]);
  }

  outdated(after: number, limit: number): OutdatedChunk[] {
    return this.#read((db) => {
      const model = this.#modelNumber(db);
      // As a rule there is no other model, and then nothing has to be looked through.
      if (db.prepare("SELECT 1 FROM models WHERE id <> ?").get(model) === undefined) return [];
      const found = db
        .prepare(
          `SELECT chunks.id, title, heading, text
           FROM vectors JOIN chunks ON chunks.id = vectors.chunk JOIN documents ON documents.id = chunks.document
           WHERE vectors.chunk > ? AND model <> ? ORDER BY vectors.chunk LIMIT ?`,
        )
        .all(after, model, limit) as OutdatedChunk[];
      if (found.length === 0 && after === 0) db.prepare("DELETE FROM models WHERE id <> ?").run(model);
      return found;
    });
  }

  renew(vectors: readonly { readonly id: number; readonly vector: Float32Array }[]): void {
    this.#open().transaction((db) => {
      const update = db.prepare("UPDATE vectors SET model = ?, vector = ? WHERE chunk = ?");
      for (const { id, vector } of vectors) update.run(this.#modelNumber(db), Buffer.from(quantise(vector).buffer), id);
    });
    this.#searcher = undefined; // what it holds in memory is out of date
  }

  paths(within: readonly string[]): string[] {
    const { sql, bind } = below("path", within);
    return this.#read((db) =>
      db
        .prepare(`SELECT path FROM documents WHERE ${sql} UNION SELECT path FROM skipped WHERE ${sql} ORDER BY path`)
        .pluck()
        .all(...bind, ...bind),
    ) as string[];
  }

  list(within: readonly string[] = []): (DocumentInfo & { readonly chunks: number })[] {
    const { sql, bind } = below("path", within);
    return this.#read((db) =>
      db
        .prepare(
          `SELECT path, title, kind, hash, size, modified, tags, privacy, personal,
             (SELECT count(*) FROM chunks WHERE document = documents.id) AS chunks
           FROM documents WHERE ${sql} ORDER BY path`,
        )
        .all(...bind)
        .map((row) => {
          const { tags, privacy, personal, ...rest } = row as Omit<DocumentInfo, "tags" | "privacy"> &
            PrivacyColumns & { readonly tags: string; readonly chunks: number };
          return { ...rest, tags: JSON.parse(tags) as string[], ...findingsOf({ privacy, personal }) };
        }),
    );
  }

  stats(): VaultStats {
    return this.#read(readStats);
  }

  close(): void {
    this.#thread?.close();
    this.#thread = undefined;
    this.#words = undefined;
    this.#database?.close();
    this.#database = undefined;
    this.#searcher = undefined;
    this.#states = undefined;
  }

  #openSearcher(db: Sqlite.Database): Searcher {
    const { file, embedNow } = this.#options;
    this.#thread ??= new MemoryThread();
    this.#words ??= new WordIndex(file, this.#thread);
    return new Searcher(db, {
      ...{ file, model: this.#modelNumber(db), thread: this.#thread, words: this.#words },
      ...(embedNow && { embedNow }),
    });
  }

  #read<T>(work: (db: Sqlite.Database) => T): T {
    return this.#open().use(work);
  }

  #open(): LocalDatabase {
    this.#database ??= new LocalDatabase(this.#options.file, MIGRATIONS, (db) => {
      db.pragma("secure_delete = ON"); // what is removed is overwritten in the file too
      db.pragma(`cache_size = -${CACHE_KIB}`);
    });
    return this.#database;
  }

  #modelNumber(db: Sqlite.Database): number {
    if (this.#model !== undefined) return this.#model;
    const find = db.prepare("SELECT id FROM models WHERE name = ?").pluck();
    // Looked up before it is written: a search must not wait for another process that writes.
    this.#model = (find.get(this.#options.model) ??
      db
        .prepare("INSERT INTO models (name) VALUES (?) ON CONFLICT DO UPDATE SET name = name RETURNING id")
        .pluck()
        .get(this.#options.model)) as number;
    return this.#model;
  }
}
