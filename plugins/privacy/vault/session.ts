/** One session's tokens in the vault's file. */
import type { Database, Statement } from "better-sqlite3";
import type { TokenSession } from "../../../kernel/index.ts";
import type { VaultCipher } from "./cipher.ts";
import type { VaultTransaction } from "./vault.ts";

/** Tokens of one kind in one session at most: a token's number is read back up to seven digits. */
const MAX_NUMBER = 9_999_999;

export class SqliteTokenSession implements TokenSession {
  readonly id: string;
  readonly #transaction: VaultTransaction;

  constructor(id: string, transaction: VaultTransaction) {
    this.id = id;
    this.#transaction = transaction;
  }

  assign(values: readonly { readonly type: string; readonly value: string }[]): number[] {
    if (values.length === 0) return [];
    return this.#rows((rows) => {
      rows.touch(Date.now());
      return values.map(({ type, value }) => rows.find(type, value) ?? rows.add(type, value));
    });
  }

  valueOf(type: string, number: number): string | undefined {
    return this.#rows((rows) => rows.read(type, number));
  }

  reserve(type: string, number: number): boolean {
    return this.#rows((rows) => {
      const state = rows.state(type, number);
      if (state !== "free") return state === "reserved";
      rows.touch(Date.now());
      rows.put(type, number, undefined);
      return true;
    });
  }

  #rows<T>(work: (rows: SessionRows) => T): T {
    return this.#transaction((sql, cipher) => work(new SessionRows(sql, cipher, this.id)));
  }
}

/** The statements of one session, for the length of one transaction. */
export class SessionRows {
  readonly #sql: Database;
  readonly #cipher: VaultCipher;
  readonly #name: string;
  readonly #session: Buffer;
  readonly #kinds = new Map<string, Buffer>();
  readonly #statements = new Map<string, Statement>();
  /** The number after the last that was added, by type. */
  readonly #following = new Map<string, number>();

  constructor(sql: Database, cipher: VaultCipher, name: string) {
    this.#sql = sql;
    this.#cipher = cipher;
    this.#name = name;
    this.#session = cipher.name("session", name);
  }

  /** A statement is prepared once: a large text asks for a million values. */
  #prepared<Row>(source: string): Statement<unknown[], Row> {
    const statement = this.#statements.get(source) ?? this.#sql.prepare(source);
    this.#statements.set(source, statement);
    return statement as Statement<unknown[], Row>;
  }

  /** Notes that the session is in use, creating it at first. */
  touch(time: number): void {
    const source = "INSERT INTO sessions (id, name, used_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at";
    this.#prepared(source).run(this.#session, this.#cipher.seal(this.#name, this.#session), time);
  }

  find(type: string, value: string): number | undefined {
    const source = "SELECT number FROM tokens WHERE kind = ? AND lookup = ?";
    return this.#prepared<{ number: number }>(source).get(this.#kind(type), this.#cipher.name("value", this.#name, type, value))?.number;
  }

  add(type: string, value: string): number {
    const number = this.#nextFree(type);
    this.put(type, number, value);
    this.#following.set(type, number + 1);
    return number;
  }

  /** Writes a value under a number, or sets the number aside when there is none. */
  put(type: string, number: number, value: string | undefined): void {
    const lookup = value === undefined ? null : this.#cipher.name("value", this.#name, type, value);
    const sealed = this.#cipher.seal(JSON.stringify([type, value ?? null]), this.#place(this.#kind(type), number));
    const source = "INSERT INTO tokens (kind, number, session, lookup, sealed) VALUES (?, ?, ?, ?, ?)";
    this.#prepared(source).run(this.#kind(type), number, this.#session, lookup, sealed);
  }

  /** Everything that the session holds. */
  all(): { type: string; number: number; value: string | undefined }[] {
    const source = "SELECT kind, number, sealed FROM tokens WHERE session = ?";
    const rows = this.#prepared<{ kind: Buffer; number: number; sealed: Buffer }>(source).all(this.#session);
    return rows.map(({ kind, number, sealed }) => {
      const [type, value] = JSON.parse(this.#cipher.open(sealed, this.#place(kind, number))) as [string, string | null];
      return { type, number, value: value ?? undefined };
    });
  }

  /** The values of one kind. */
  values(type: string): string[] {
    const source = "SELECT number, sealed FROM tokens WHERE kind = ? AND lookup IS NOT NULL";
    const rows = this.#prepared<{ number: number; sealed: Buffer }>(source).all(this.#kind(type));
    return rows.map(({ number, sealed }) => this.#opened(sealed, type, number));
  }

  #opened(sealed: Buffer, type: string, number: number): string {
    const [, value] = JSON.parse(this.#cipher.open(sealed, this.#place(this.#kind(type), number))) as [string, string];
    return value;
  }

  read(type: string, number: number): string | undefined {
    const row = this.#row(type, number);
    return row?.lookup ? this.#opened(row.sealed, type, number) : undefined;
  }

  state(type: string, number: number): "free" | "reserved" | "value" {
    const row = this.#row(type, number);
    if (!row) return "free";
    return row.lookup ? "value" : "reserved";
  }

  #row(type: string, number: number): { readonly lookup: Buffer | null; readonly sealed: Buffer } | undefined {
    const source = "SELECT lookup, sealed FROM tokens WHERE kind = ? AND number = ?";
    return this.#prepared<{ lookup: Buffer | null; sealed: Buffer }>(source).get(this.#kind(type), number);
  }

  /** The number after the last that stands for a value, past those that were set aside. */
  #nextFree(type: string): number {
    let number = this.#following.get(type) ?? this.#afterLast(type);
    while (this.state(type, number) !== "free") number++;
    if (number > MAX_NUMBER) throw new RangeError("the session has too many tokens of one kind");
    return number;
  }

  #afterLast(type: string): number {
    const source = "SELECT number FROM tokens WHERE kind = ? AND lookup IS NOT NULL ORDER BY number DESC LIMIT 1";
    return (this.#prepared<{ number: number }>(source).get(this.#kind(type))?.number ?? 0) + 1;
  }

  #kind(type: string): Buffer {
    const known = this.#kinds.get(type);
    if (known) return known;
    const kind = this.#cipher.name("kind", this.#name, type);
    this.#kinds.set(type, kind);
    return kind;
  }

  #place(kind: Uint8Array, number: number): Buffer {
    return Buffer.concat([kind, Buffer.from(String(number))]);
  }
}
