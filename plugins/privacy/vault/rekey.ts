import type { Database } from "better-sqlite3";
import type { VaultCipher } from "./cipher.ts";
import { SessionRows } from "./session.ts";

/** Writes every session and value anew under the names and seals of another key. */
export function rekey(sql: Database, from: VaultCipher, to: VaultCipher): void {
  const sessions = sql.prepare("SELECT id, name, used_at FROM sessions").all() as { id: Buffer; name: Buffer; used_at: number }[];
  for (const { id, name, used_at } of sessions) {
    const session = from.open(name, id);
    const values = new SessionRows(sql, from, session).all();
    sql.prepare("DELETE FROM sessions WHERE id = ?").run(id);
    const rows = new SessionRows(sql, to, session);
    rows.touch(used_at);
    for (const { type, number, value } of values) rows.put(type, number, value);
  }
  sql.prepare("UPDATE vault SET fingerprint = ?").run(to.fingerprint);
}
