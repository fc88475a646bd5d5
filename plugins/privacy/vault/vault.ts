/**
 * The token vault: one SQLite file in which sessions, kinds and values are keyed names or sealed bytes, so that the
 * file alone reveals nothing but how much of each there is.
 */
import { join } from "node:path";
import type { Database, Statement } from "better-sqlite3";
import { SynesisError, type TokenSession, type TokenVault } from "../../../kernel/index.ts";
import { LocalDatabase } from "../../../pipeline/database.ts";
import { VaultCipher } from "./cipher.ts";
import { adoptKey, readKey, readOrMakeKey, writeKey } from "./key-file.ts";
import { rekey } from "./rekey.ts";
import { RememberingSession } from "./remembering-session.ts";
import { MIGRATIONS } from "./schema.ts";
import { SqliteTokenSession } from "./session.ts";

const SESSION_NAME = /^[A-Za-z0-9._-]{1,64}$/;

export interface TokenVaultOptions {
  /** Sessions that were not used for so long are forgotten when the vault is next opened, in milliseconds; kept when absent. */
  readonly expireAfterMs?: number;
}

/** Runs work in one transaction with the cipher that fits the file at that moment. */
export type VaultTransaction = <T>(work: (sql: Database, cipher: VaultCipher) => T) => T;

export class SqliteTokenVault implements TokenVault {
  readonly #file: string;
  readonly #keyFile: string;
  readonly #expireAfterMs: number | undefined;
  readonly #sessions = new Map<string, TokenSession>();
  /** How often this process itself has deleted sessions. */
  #forgotten = 0;
  #dataVersion: Statement<[], number> | undefined;
  /** Whether expired sessions were deleted since it was opened. */
  #swept = false;
  #db: LocalDatabase | undefined;
  #cipher: VaultCipher | undefined;

  /** Nothing is read or written before a session needs it. */
  constructor(home: string, { expireAfterMs }: TokenVaultOptions = {}) {
    this.#file = join(home, "tokens.db");
    this.#keyFile = join(home, "keys", "tokens.key");
    this.#expireAfterMs = expireAfterMs;
  }

  /** @throws SynesisError SESSION_INVALID */
  session(id: string): TokenSession {
    if (!SESSION_NAME.test(id)) throw new SynesisError("SESSION_INVALID");
    const open =
      this.#sessions.get(id) ??
      new RememberingSession(new SqliteTokenSession(id, (work) => this.#transaction(work)), () => this.#version());
    this.#sessions.set(id, open);
    return open;
  }

  /** Changes when another connection has written, and when this one has forgotten or changed its key. */
  #version(): number {
    this.#dataVersion ??= this.#database().use((sql) => sql.prepare<[], number>("PRAGMA data_version").pluck());
    return (this.#dataVersion.get() ?? 0) + this.#forgotten / 2 ** 20;
  }

  #database(): LocalDatabase {
    // What is deleted is overwritten, not only unlinked.
    this.#db ??= new LocalDatabase(this.#file, MIGRATIONS, (db) => db.pragma("secure_delete = ON"));
    return this.#db;
  }

  /** Deletes a session and all of its values; false when there was none. */
  forget(id: string): boolean {
    this.#forgotten++;
    return this.#transaction((sql, cipher) => sql.prepare("DELETE FROM sessions WHERE id = ?").run(cipher.name("session", id)).changes > 0);
  }

  /** Deletes the sessions that were last used before `time` (ms since 1970); gives how many. */
  forgetBefore(time: number): number {
    this.#forgotten++;
    return this.#transaction((sql) => deleteBefore(sql, time));
  }

  /** The names of the sessions and when they were last used. */
  sessions(): { readonly id: string; readonly usedAt: number }[] {
    return this.#transaction((sql, cipher) => {
      const rows = sql.prepare("SELECT id, name, used_at FROM sessions ORDER BY used_at DESC").all() as SessionRow[];
      return rows.map(({ id, name, used_at }) => ({ id: cipher.open(name, id), usedAt: used_at }));
    });
  }

  /**
   * Seals everything anew under a new key. The new key is on the disk before the database changes and takes the place of
   * the old one after; a crash in between is made good when the vault is next opened.
   */
  rotateKey(): void {
    const next = writeKey(nextTo(this.#keyFile));
    this.#transaction((sql, cipher) => rekey(sql, cipher, new VaultCipher(next)));
    adoptKey(nextTo(this.#keyFile), this.#keyFile);
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#dataVersion = undefined;
    this.#cipher = undefined;
    this.#sessions.clear();
  }

  #transaction: VaultTransaction = (work) => {
    const first = !this.#swept;
    this.#swept = true;
    return this.#database().transaction((sql) => {
      const cipher = this.#fittingCipher(sql);
      if (first && this.#expireAfterMs !== undefined) deleteBefore(sql, Date.now() - this.#expireAfterMs);
      return work(sql, cipher);
    });
  };

  /** The cipher for the file as it is now: another process may have changed the key. */
  #fittingCipher(sql: Database): VaultCipher {
    const row = sql.prepare("SELECT fingerprint FROM vault").get() as { fingerprint: Buffer } | undefined;
    if (row && this.#cipher?.fingerprint.equals(row.fingerprint)) return this.#cipher;
    this.#cipher = row ? this.#cipherFor(row.fingerprint) : new VaultCipher(readOrMakeKey(this.#keyFile));
    if (!row) sql.prepare("INSERT INTO vault (id, fingerprint) VALUES (1, ?)").run(this.#cipher.fingerprint);
    return this.#cipher;
  }

  #cipherFor(fingerprint: Buffer): VaultCipher {
    const key = readKey(this.#keyFile);
    const next = readKey(nextTo(this.#keyFile));
    const fitting = [key, next].find((candidate) => candidate && new VaultCipher(candidate).fingerprint.equals(fingerprint));
    if (!fitting) throw new SynesisError(key ? "TOKEN_KEY_WRONG" : "TOKEN_KEY_MISSING", `(${this.#keyFile})`);
    if (fitting === next) adoptKey(nextTo(this.#keyFile), this.#keyFile);
    return new VaultCipher(fitting);
  }
}

interface SessionRow {
  readonly id: Buffer;
  readonly name: Buffer;
  readonly used_at: number;
}

const nextTo = (keyFile: string) => `${keyFile}.next`;

function deleteBefore(sql: Database, time: number): number {
  return sql.prepare("DELETE FROM sessions WHERE used_at < ?").run(time).changes;
}
