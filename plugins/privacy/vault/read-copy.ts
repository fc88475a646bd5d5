/** Reading a SQLite file where nothing may be written. */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { LocalDatabase } from "../../../pipeline/database.ts";

/** What is not yet in the file itself stands in its log. */
const PARTS = ["", "-wal"];

/**
 * Reads a copy in a private folder that is deleted again: SQLite writes beside every file in WAL mode, even to read it.
 * What the vault holds is sealed in the copy as well.
 */
export function readCopy<T>(file: string, migrations: readonly string[], read: (sql: Database) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "synesis-"));
  const copy = join(folder, "copy.db");
  try {
    for (const part of PARTS.filter((part) => existsSync(file + part))) {
      copyFileSync(file + part, copy + part);
      chmodSync(copy + part, 0o600);
    }
    const db = new LocalDatabase(copy, migrations);
    try {
      return db.use(read);
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
