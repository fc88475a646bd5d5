import type { Database } from "better-sqlite3";
import type { VaultCipher } from "./cipher.ts";
import type { PlacedCipher } from "./keys.ts";
import { SessionRows } from "./session.ts";

/** Writes every session and value anew under the names and seals of another key, and notes that the old one is to be destroyed. */
export function rekey(sql: Database, from: VaultCipher, { cipher: to, place }: PlacedCipher): void {
  const sessions = sql.prepare("SELECT id, name, used_at FROM sessions").all() as { id: Buffer; name: Buffer; used_at: number }[];
  for (const { id, name, used_at } of sessions) {
    const session = from.open(name, id);
    const values = new SessionRows(sql, from, session).all();
    sql.prepare("DELETE FROM sessions WHERE id = ?").run(id);
    const rows = new SessionRows(sql, to, session);
    rows.touch(used_at);
    for (const { type, number, value } of values) rows.put(type, number, value);
  }
  sql.prepare("UPDATE vault SET old_fingerprint = fingerprint, old_place = place, fingerprint = ?, place = ?").run(to.fingerprint, place);
}
