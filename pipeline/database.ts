/**
 * The one way to open a SQLite file: private to the user, WAL, migrated, and with SQLite's faults turned into errors
 * that name the file and say what to do.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { type ErrorCode, SynesisError } from "../kernel/index.ts";

/** How long to wait for another process's write, in milliseconds. */
const BUSY_MS = 10_000;

export class LocalDatabase {
  readonly file: string;
  readonly #db: Sqlite.Database;

  /**
   * @param migrations SQL scripts; the n-th brings a file from version n to n + 1. Never edit one that was released.
   * @param prepare runs on the open connection before migrations (loading an extension).
   */
  constructor(file: string, migrations: readonly string[], prepare?: (db: Sqlite.Database) => void) {
    this.file = file;
    this.#db = translated(file, () => open(file, migrations, prepare));
  }

  /** Runs `work` on the connection. */
  use<T>(work: (db: Sqlite.Database) => T): T {
    return translated(this.file, () => work(this.#db));
  }

  /** Runs `work` in one write transaction: all of it is kept, or nothing. */
  transaction<T>(work: (db: Sqlite.Database) => T): T {
    return translated(this.file, () => this.#db.transaction(work).immediate(this.#db));
  }

  close(): void {
    this.#db.close();
  }
}

function open(file: string, migrations: readonly string[], prepare?: (db: Sqlite.Database) => void): Sqlite.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600)); // SQLite would create it readable by others; -wal and -shm copy its mode
  const db = new Sqlite(file, { timeout: BUSY_MS });
  try {
    prepare?.(db);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: Sqlite.Database, migrations: readonly string[]): void {
  const version = () => db.pragma("user_version", { simple: true }) as number;
  if (version() > migrations.length) throw new SynesisError("DATABASE_NEWER");
  if (version() === migrations.length) return;
  // Immediate, and the version read again inside: two processes may start on a new home at once.
  db.transaction(() => {
    for (let at = version(); at < migrations.length; at++) {
      db.exec(migrations[at] as string);
      db.pragma(`user_version = ${at + 1}`);
    }
  }).immediate();
}

const FAULTS: readonly [prefix: string, code: ErrorCode][] = [
  ["SQLITE_BUSY", "DATABASE_LOCKED"],
  ["SQLITE_LOCKED", "DATABASE_LOCKED"],
  ["SQLITE_CORRUPT", "DATABASE_CORRUPT"],
  ["SQLITE_NOTADB", "DATABASE_CORRUPT"],
  ["SQLITE_FULL", "DISK_FULL"],
  ["SQLITE_IOERR_SHMSIZE", "DISK_FULL"], // the memory that processes share is a file too, and could not grow
  ["ENOSPC", "DISK_FULL"],
  ["SQLITE_READONLY", "DATABASE_READONLY"],
  ["SQLITE_CANTOPEN", "HOME_UNUSABLE"],
  ["SQLITE_IOERR", "HOME_UNUSABLE"],
  ["EACCES", "HOME_UNUSABLE"],
  ["EPERM", "HOME_UNUSABLE"],
  ["EROFS", "HOME_UNUSABLE"],
  ["ENOTDIR", "HOME_UNUSABLE"],
  ["EEXIST", "HOME_UNUSABLE"],
  ["EISDIR", "HOME_UNUSABLE"],
];

function translated<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SynesisError) throw error.code === "DATABASE_NEWER" ? new SynesisError("DATABASE_NEWER", file) : error;
    const code = (error as { code?: unknown }).code;
    const fault = FAULTS.find(([prefix]) => typeof code === "string" && code.startsWith(prefix));
    throw fault ? new SynesisError(fault[1], `(${file})`, { cause: error }) : error;
  }
}
