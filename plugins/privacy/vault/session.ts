/** One session's tokens in the vault's file. */
import type { Database } from "better-sqlite3";
import type { TokenSession } from "../../../kernel/index.ts";
import type { LocalDatabase } from "../../../pipeline/database.ts";
import type { VaultCipher } from "./cipher.ts";

/** Tokens of one kind in one session at most: a token's number is read back up to seven digits. */
const MAX_NUMBER = 9_999_999;

export interface OpenVault {
  readonly db: LocalDatabase;
  readonly cipher: VaultCipher;
}

export class SqliteTokenSession implements TokenSession {
  readonly id: string;
  readonly #opened: () => OpenVault;

  constructor(id: string, opened: () => OpenVault) {
    this.id = id;
    this.#opened = opened;
  }

  assign(values: readonly { readonly type: string; readonly value: string }[]): number[] {
    if (values.length === 0) return [];
    const { db, cipher } = this.#opened();
    return db.transaction((sql) => {
      const rows = new SessionRows(sql, cipher, this.id);
      rows.touch();
      return values.map(({ type, value }) => rows.find(type, value) ?? rows.add(type, value));
    });
  }

  valueOf(type: string, number: number): string | undefined {
    const { db, cipher } = this.#opened();
    return db.use((sql) => new SessionRows(sql, cipher, this.id).read(type, number));
  }

  reserve(type: string, number: number): boolean {
    const { db, cipher } = this.#opened();
    const state = db.use((sql) => new SessionRows(sql, cipher, this.id).state(type, number));
    if (state !== "free") return state === "reserved";
    return db.transaction((sql) => {
      const rows = new SessionRows(sql, cipher, this.id);
      if (rows.state(type, number) === "value") return false;
      rows.touch();
      rows.reserve(type, number);
      return true;
    });
  }
}

/** The statements of one session, for the length of one transaction. */
class SessionRows {
  readonly #sql: Database;
  readonly #cipher: VaultCipher;
  readonly #name: string;
  readonly #session: Buffer;
  readonly #kinds = new Map<string, Buffer>();

  constructor(sql: Database, cipher: VaultCipher, name: string) {
    this.#sql = sql;
    this.#cipher = cipher;
    this.#name = name;
    this.#session = cipher.name("session", name);
  }

  /** Notes that the session is in use, creating it at first. */
  touch(): void {
    this.#sql
      .prepare("INSERT INTO sessions (id, name, used_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at")
      .run(this.#session, this.#cipher.seal(this.#name, this.#session), Date.now());
  }

  find(type: string, value: string): number | undefined {
    const row = this.#sql
      .prepare("SELECT number FROM tokens WHERE kind = ? AND lookup = ?")
      .get(this.#kind(type), this.#cipher.name("value", this.#name, type, value)) as { number: number } | undefined;
    return row?.number;
  }

  add(type: string, value: string): number {
    const number = this.#nextFree(type);
    this.#insert(type, number, this.#cipher.name("value", this.#name, type, value), value);
    return number;
  }

  reserve(type: string, number: number): void {
    this.#insert(type, number, null, "");
  }

  read(type: string, number: number): string | undefined {
    const row = this.#row(type, number);
    return row?.lookup ? (JSON.parse(this.#cipher.open(row.sealed, this.#place(type, number))) as [string, string])[1] : undefined;
  }

  state(type: string, number: number): "free" | "reserved" | "value" {
    const row = this.#row(type, number);
    if (!row) return "free";
    return row.lookup ? "value" : "reserved";
  }

  #row(type: string, number: number): { lookup: Buffer | null; sealed: Buffer } | undefined {
    return this.#sql.prepare("SELECT lookup, sealed FROM tokens WHERE kind = ? AND number = ?").get(this.#kind(type), number) as
      | { lookup: Buffer | null; sealed: Buffer }
      | undefined;
  }

  #insert(type: string, number: number, lookup: Buffer | null, value: string): void {
    const sealed = this.#cipher.seal(JSON.stringify([type, value]), this.#place(type, number));
    this.#sql
      .prepare("INSERT OR IGNORE INTO tokens (kind, number, session, lookup, sealed) VALUES (?, ?, ?, ?, ?)")
      .run(this.#kind(type), number, this.#session, lookup, sealed);
  }

  /** The number after the last that stands for a value, past those that were set aside. */
  #nextFree(type: string): number {
    const row = this.#sql
      .prepare("SELECT number FROM tokens WHERE kind = ? AND lookup IS NOT NULL ORDER BY number DESC LIMIT 1")
      .get(this.#kind(type)) as { number: number } | undefined;
    let number = (row?.number ?? 0) + 1;
    while (this.state(type, number) !== "free") number++;
    if (number > MAX_NUMBER) throw new RangeError("the session has too many tokens of one kind");
    return number;
  }

  #kind(type: string): Buffer {
    const known = this.#kinds.get(type);
    if (known) return known;
    const kind = this.#cipher.name("kind", this.#name, type);
    this.#kinds.set(type, kind);
    return kind;
  }

  #place(type: string, number: number): Buffer {
    return Buffer.concat([this.#kind(type), Buffer.from(String(number))]);
  }
}
