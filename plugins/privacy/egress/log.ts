/**
 * The record of every byte that left the machine: one JSON object a line, each with the hash of the line before, so that
 * a line that was changed, moved or taken out of the middle is found. How far it goes is kept beside it, in a database
 * that is also the lock: so that lines taken off the end are found too, and a process that dies leaves no lock behind.
 *
 * This finds damage and careless changes. Who may write in the folder and computes all hashes anew is not found.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { SynesisError } from "../../../kernel/index.ts";
import { LocalDatabase } from "../../../pipeline/database.ts";
import { type EgressEntry, type Head, headOf, nextEntry } from "./entry.ts";
import { addLine, headIn, mendEnd, readChain, withLogFile } from "./log-file.ts";

const MIGRATIONS = ["CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), entries INTEGER NOT NULL, hash TEXT NOT NULL) STRICT"];

/** What looking through the log found. */
export interface EgressState {
  /** No line was changed, moved or taken out, and none is missing at the end. */
  readonly ok: boolean;
  /** Entries that fit, from the first on. */
  readonly entries: readonly EgressEntry[];
  /** The first line that does not fit or is missing, from 1. */
  readonly line?: number;
  /** Bytes of an entry whose writing was broken off; it was never acknowledged, so nothing has left for it. */
  readonly torn: number;
  /** Whether it is known how far the log should go; without it, missing lines at the end are not seen. */
  readonly headKnown: boolean;
}

export class EgressLog {
  readonly file: string;
  readonly #headFile: string;
  #head: LocalDatabase | undefined;

  constructor(home: string) {
    this.file = join(home, "egress.log");
    this.#headFile = join(home, "egress-head.db");
  }

  /**
   * Writes down what is about to leave; when this fails, nothing must leave. Flushed to the disk when it returns.
   *
   * @throws SynesisError DATABASE_CORRUPT when the log does not end where it ended last.
   */
  append(to: string, body: string | Uint8Array): EgressEntry {
    return this.#locked((sql) =>
      withLogFile(this.file, (descriptor) => {
        mendEnd(descriptor, `${this.file}.torn`);
        const at = headIn(descriptor);
        const known = readHead(sql);
        if (!at || (known && at.entries < known.entries)) throw new SynesisError("DATABASE_CORRUPT", `(${this.file}, last line)`);
        const entry = nextEntry(at, to, body);
        addLine(descriptor, entry);
        writeHead(sql, headOf(entry));
        return entry;
      }),
    );
  }

  /** Looks through the whole log. A log that was never written is whole. */
  inspect(): EgressState {
    if (!existsSync(this.file) && !existsSync(this.#headFile)) return { ok: true, entries: [], torn: 0, headKnown: true };
    return this.#locked((sql) => {
      const { entries, brokenAt, torn } = readChain(this.file);
      const known = readHead(sql);
      const headKnown = known !== undefined || entries.length === 0;
      const line = brokenAt ?? (known && missingFrom(entries, known));
      return line === undefined ? { ok: true, entries, torn, headKnown } : { ok: false, entries, line, torn, headKnown };
    });
  }

  /** Runs `work` while no other process does; what it writes to the database is kept when it ends well. */
  #locked<T>(work: (sql: Database) => T): T {
    if (this.#head && !existsSync(this.#headFile)) {
      this.#head.close(); // taken away: others lock a new one
      this.#head = undefined;
    }
    this.#head ??= openHead(this.#headFile);
    return this.#head.transaction(work);
  }
}

/**
 * Stays open, since a question waits for each entry. What must be on the disk before anything leaves is the entry; a head that
 * was not when the power went says of fewer entries that they are there.
 */
function openHead(file: string): LocalDatabase {
  const head = new LocalDatabase(file, MIGRATIONS);
  head.use((sql) => sql.pragma("synchronous = NORMAL"));
  return head;
}

/** The line from which on the log is not the one whose head is known. Entries more are writes whose head was not kept. */
function missingFrom(entries: readonly EgressEntry[], { entries: count, hash }: Head): number | undefined {
  if (entries.length < count) return entries.length + 1;
  return count === 0 || entries[count - 1]?.hash === hash ? undefined : count;
}

function readHead(sql: Database): Head | undefined {
  return sql.prepare<[], Head>("SELECT entries, hash FROM head").get();
}

function writeHead(sql: Database, { entries, hash }: Head): void {
  sql
    .prepare(
      "INSERT INTO head (id, entries, hash) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, hash = excluded.hash",
    )
    .run(entries, hash);
}
