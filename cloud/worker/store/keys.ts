import { parseApiKey } from "../../wire/api-key.ts";
import { newApiKey } from "../auth/api-key.ts";
import { type Principal, parseScopes, type Scope } from "../auth/scopes.ts";
import { hashOf, sameText } from "../auth/secrets.ts";

export interface KeyInfo {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface NewKey {
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number;
}

/** Keys that one user may have at a time. */
export const MAX_KEYS = 50;

/** Makes a key; its text is given here and never again. */
export async function makeKey(database: D1Database, key: NewKey, now: number): Promise<KeyInfo & { readonly key: string }> {
  const { id, secret, key: text } = newApiKey();
  await database
    .prepare("INSERT INTO api_key (id, userId, hash, name, scopes, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?, ?, ?)")
    .bind(id, key.userId, await hashOf(secret), key.name, key.scopes.join(" "), now, key.expiresAt)
    .run();
  return { id, name: key.name, scopes: key.scopes, createdAt: now, expiresAt: key.expiresAt, key: text };
}

const VIA = "key ";

/** What a principal that came by this key has as `via`. */
export const viaKey = (id: string): string => `${VIA}${id}`;

/** Whether the key that a principal came by is good still; others than keys are not told apart here. */
export async function isGoodStill(database: D1Database, via: string): Promise<boolean> {
  if (!via.startsWith(VIA)) return true;
  const ended = database.prepare("SELECT 1 FROM api_key WHERE id = ? AND revokedAt IS NOT NULL").bind(via.slice(VIA.length));
  return (await ended.first()) === null;
}

/** Whose key this is, if it is good. */
export async function principalOfKey(database: D1Database, text: string, now: number): Promise<Principal | undefined> {
  const parts = parseApiKey(text);
  if (!parts) return undefined;
  const row = await database
    .prepare(
      `SELECT hash, userId, scopes FROM api_key JOIN user ON user.id = userId
       WHERE api_key.id = ? AND revokedAt IS NULL AND expiresAt > ? AND closedAt IS NULL`,
    )
    .bind(parts.id, now)
    .first<{ hash: string; userId: string; scopes: string }>();
  const same = sameText(await hashOf(parts.secret), row?.hash ?? "");
  return row && same ? { userId: row.userId, scopes: parseScopes(row.scopes), via: viaKey(parts.id) } : undefined;
}

export async function listKeys(database: D1Database, userId: string, now: number): Promise<KeyInfo[]> {
  const { results } = await database
    .prepare("SELECT id, name, scopes, createdAt, expiresAt FROM api_key WHERE userId = ? AND revokedAt IS NULL AND expiresAt > ?")
    .bind(userId, now)
    .all<Omit<KeyInfo, "scopes"> & { scopes: string }>();
  return results.map((row) => ({ ...row, scopes: parseScopes(row.scopes) }));
}

/** False when the user has no such key. */
export async function revokeKey(database: D1Database, userId: string, id: string, now: number): Promise<boolean> {
  const { meta } = await database
    .prepare("UPDATE api_key SET revokedAt = ? WHERE id = ? AND userId = ? AND revokedAt IS NULL")
    .bind(now, id, userId)
    .run();
  return meta.changes > 0;
}
