/**
 * The token vault: one SQLite file in which sessions, kinds and values are keyed names or sealed bytes, so that the
 * file alone reveals nothing but how much of each there is.
 */
import { join } from "node:path";
import { SynesisError, type TokenSession, type TokenVault } from "../../../kernel/index.ts";
import { LocalDatabase } from "../../../pipeline/database.ts";
import { VaultCipher } from "./cipher.ts";
import { readKey, readOrMakeKey } from "./key-file.ts";
import { MIGRATIONS } from "./schema.ts";
import { SqliteTokenSession } from "./session.ts";

const SESSION_NAME = /^[A-Za-z0-9._-]{1,64}$/;

export class SqliteTokenVault implements TokenVault {
  readonly #file: string;
  readonly #keyFile: string;
  #open: { readonly db: LocalDatabase; readonly cipher: VaultCipher } | undefined;

  /** Nothing is read or written before a session needs it. */
  constructor(home: string) {
    this.#file = join(home, "tokens.db");
    this.#keyFile = join(home, "keys", "tokens.key");
  }

  /** @throws SynesisError SESSION_INVALID */
  session(id: string): TokenSession {
    if (!SESSION_NAME.test(id)) throw new SynesisError("SESSION_INVALID");
    return new SqliteTokenSession(id, () => this.#opened());
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
  }

  #opened() {
    this.#open ??= open(this.#file, this.#keyFile);
    return this.#open;
  }
}

function open(file: string, keyFile: string): { db: LocalDatabase; cipher: VaultCipher } {
  const db = new LocalDatabase(file, MIGRATIONS);
  try {
    // In a write transaction, so that of two processes that start a new vault one comes first.
    const cipher = db.transaction((sql) => {
      const row = sql.prepare("SELECT fingerprint FROM vault").get() as { fingerprint: Buffer } | undefined;
      const key = row ? readKey(keyFile) : readOrMakeKey(keyFile);
      if (!key) throw new SynesisError("TOKEN_KEY_MISSING", `(${keyFile})`);
      const cipher = new VaultCipher(key);
      if (!row) sql.prepare("INSERT INTO vault (id, fingerprint) VALUES (1, ?)").run(cipher.fingerprint);
      else if (!row.fingerprint.equals(cipher.fingerprint)) throw new SynesisError("TOKEN_KEY_WRONG", `(${keyFile})`);
      return cipher;
    });
    return { db, cipher };
  } catch (error) {
    db.close();
    throw error;
  }
}
