/**
 * The token vault: one SQLite file in which sessions, kinds and values are keyed names or sealed bytes, so that the
 * file alone reveals nothing but how much of each there is.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database, Statement } from "better-sqlite3";
import { SynesisError, type TokenSession, type TokenVault } from "../../../kernel/index.ts";
import { LocalDatabase } from "../../../pipeline/database.ts";
import type { Keychain } from "../../../pipeline/keychain.ts";
import type { VaultCipher } from "./cipher.ts";
import { type KeyPlace, type KeyPreference, VaultKeys } from "./keys.ts";
import { readCopy } from "./read-copy.ts";
import { rekey } from "./rekey.ts";
import { RememberingSession } from "./remembering-session.ts";
import { MIGRATIONS } from "./schema.ts";
import { SessionRows, SqliteTokenSession } from "./session.ts";

const SESSION_NAME = /^[A-Za-z0-9._-]{1,64}$/;

export interface TokenVaultOptions {
  /** Sessions that were not used for so long are forgotten when the vault is next opened, in milliseconds; kept when absent. */
  readonly expireAfterMs?: number;
  /** Where the key of a new vault goes; "file" when absent. The key of a vault that exists stays where it is. */
  readonly keyStore?: KeyPreference;
  /** The system's own when absent. */
  readonly keychain?: Keychain;
}

/** A value and its token; a number that was set aside has none. */
export interface VaultEntry {
  readonly type: string;
  readonly number: number;
  readonly value: string | undefined;
}

/** What can be told of a session without its values. */
export interface SessionSummary {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** How many values it holds. */
  readonly values: number;
}

/** Runs work in one transaction with the cipher that fits the file at that moment. */
export type VaultTransaction = <T>(work: (sql: Database, cipher: VaultCipher) => T) => T;

export class SqliteTokenVault implements TokenVault {
  readonly #file: string;
  readonly #keys: VaultKeys;
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
  constructor(home: string, { expireAfterMs, keyStore = "file", keychain }: TokenVaultOptions = {}) {
    this.#file = join(home, "tokens.db");
    this.#keys = new VaultKeys(home, keyStore, keychain);
    this.#expireAfterMs = expireAfterMs;
  }

  /** @throws SynesisError SESSION_INVALID */
  session(id: string): TokenSession {
    if (!SESSION_NAME.test(id)) throw new SynesisError("SESSION_INVALID");
    const open =
      this.#sessions.get(id) ?? new RememberingSession(new SqliteTokenSession(id, (work) => this.#transaction(work)), () => this.version());
    this.#sessions.set(id, open);
    return open;
  }

  /** The values of one kind in a session; none where there is no vault yet, which is not created for that. */
  valuesOf(id: string, type: string): readonly string[] {
    if (!this.#isThere()) return [];
    const values = (sql: Database, cipher: VaultCipher) => new SessionRows(sql, cipher, id).values(type);
    if (this.#isWritable()) return this.#transaction(values);
    return readCopy(this.#file, MIGRATIONS, (sql) => {
      const row = vaultRow(sql);
      return row ? values(sql, this.#keys.fitting(row.fingerprint, row.place)) : [];
    });
  }

  /** Whether the file can be opened as it is. In a home that is read-only, texts without values are still told to be so. */
  #isWritable(): boolean {
    try {
      this.#database();
      return true;
    } catch (error) {
      if (isReadOnly(error)) return false;
      throw error;
    }
  }

  /** Everything that a session holds, as it is; nothing where there is no vault yet. */
  entriesOf(id: string): VaultEntry[] {
    return this.#isThere() ? this.#transaction((sql, cipher) => new SessionRows(sql, cipher, id).all()) : [];
  }

  /** Writes what another vault's session held into a session that is new here, all of it or nothing. @throws SynesisError SESSION_INVALID */
  restore(id: string, entries: readonly VaultEntry[]): void {
    if (!SESSION_NAME.test(id)) throw new SynesisError("SESSION_INVALID");
    this.#transaction((sql, cipher) => {
      const rows = new SessionRows(sql, cipher, id);
      rows.touch(Date.now());
      for (const { type, number, value } of entries) rows.put(type, number, value);
    });
  }

  #isThere(): boolean {
    return this.#db !== undefined || existsSync(this.#file);
  }

  /** Changes when another connection has written, and when this one has forgotten or changed its key. */
  version(): number {
    if (!this.#isThere() || !this.#isWritable()) return -1;
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
    return this.#erase((sql, cipher) => sql.prepare("DELETE FROM sessions WHERE id = ?").run(cipher.name("session", id)).changes > 0);
  }

  /** Deletes the sessions that were last used before `time` (ms since 1970); gives how many. */
  forgetBefore(time: number): number {
    return this.#erase((sql) => deleteBefore(sql, time));
  }

  /** The sessions, the last used first. */
  sessions(): SessionSummary[] {
    return this.#transaction((sql, cipher) => {
      const count = sql.prepare<[Buffer], number>("SELECT count(*) FROM tokens WHERE session = ? AND lookup IS NOT NULL").pluck();
      const rows = sql.prepare<[], SessionRow>("SELECT id, name, used_at FROM sessions ORDER BY used_at DESC").all();
      return rows.map(({ id, name, used_at }) => ({ id: cipher.open(name, id), usedAt: used_at, values: count.get(id) ?? 0 }));
    });
  }

  /** Where the key is. @throws SynesisError when it is not there, or does not fit */
  keyPlace(): KeyPlace {
    return this.#transaction((sql) => vaultRow(sql)?.place ?? "file");
  }

  /**
   * Seals everything anew under a new key, and destroys the old one; gives where the new key is. The new key is kept
   * safely before the file changes, and the old one goes after. What a crash leaves in between is made good when the vault
   * is next opened.
   *
   * @param place where the new key is kept; where the old one is, when absent.
   */
  rotateKey(place?: KeyPlace): KeyPlace {
    const where = this.#erase((sql, cipher) => {
      const to = place ?? vaultRow(sql)?.place ?? "file";
      rekey(sql, cipher, { cipher: this.#keys.further(to), place: to });
      return to;
    });
    this.#cipher = undefined;
    this.#transaction(() => {}); // looks for the key anew, which also tidies up
    return where;
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
    this.#cipher ??= this.#beforehand();
    return this.#database().transaction((sql) => {
      const cipher = this.#fittingCipher(sql);
      if (first && this.#expireAfterMs !== undefined) deleteBefore(sql, Date.now() - this.#expireAfterMs);
      return work(sql, cipher);
    });
  };

  /** A transaction that deletes. What it deleted would stand in the log until that is written over: the log is emptied. */
  #erase: VaultTransaction = (work) => {
    this.#forgotten++;
    const result = this.#transaction(work);
    this.#database().use((sql) => sql.pragma("wal_checkpoint(TRUNCATE)"));
    return result;
  };

  /** A keychain may ask its user something: that must not happen while other processes wait for the file. */
  #beforehand(): VaultCipher | undefined {
    const row = this.#database().use(vaultRow);
    return row?.place === "keychain" ? this.#keys.fitting(row.fingerprint, row.place) : undefined;
  }

  /** The cipher for the file as it is now: another process may have changed the key. */
  #fittingCipher(sql: Database): VaultCipher {
    const row = vaultRow(sql);
    if (!row) return this.#start(sql);
    if (!this.#cipher?.fingerprint.equals(row.fingerprint)) this.#cipher = this.#keys.fitting(row.fingerprint, row.place);
    if (row.old_fingerprint && row.old_place) this.#destroyOld(sql, row.old_fingerprint, row.old_place);
    return this.#cipher;
  }

  #start(sql: Database): VaultCipher {
    const { cipher, place } = this.#keys.first();
    sql.prepare("INSERT INTO vault (id, fingerprint, place) VALUES (1, ?, ?)").run(cipher.fingerprint, place);
    this.#cipher = cipher;
    return cipher;
  }

  /** A keychain that cannot be reached now is tried again at the next opening. */
  #destroyOld(sql: Database, fingerprint: Buffer, place: KeyPlace): void {
    try {
      this.#keys.destroy(fingerprint, place);
      sql.prepare("UPDATE vault SET old_fingerprint = NULL, old_place = NULL").run();
    } catch (error) {
      if ((error as SynesisError).code !== "KEYCHAIN_UNREACHABLE") throw error;
    }
  }
}

function isReadOnly(error: unknown): boolean {
  return error instanceof SynesisError && (error.code === "DATABASE_READONLY" || error.code === "HOME_UNUSABLE");
}

interface VaultRow {
  readonly fingerprint: Buffer;
  readonly place: KeyPlace;
  /** A key that is to be destroyed. */
  readonly old_fingerprint: Buffer | null;
  readonly old_place: KeyPlace | null;
}

function vaultRow(sql: Database): VaultRow | undefined {
  return sql.prepare<[], VaultRow>("SELECT fingerprint, place, old_fingerprint, old_place FROM vault").get();
}

interface SessionRow {
  readonly id: Buffer;
  readonly name: Buffer;
  readonly used_at: number;
}

function deleteBefore(sql: Database, time: number): number {
  return sql.prepare("DELETE FROM sessions WHERE used_at < ?").run(time).changes;
}
