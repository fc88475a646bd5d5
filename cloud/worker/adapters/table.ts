/** What the database knows of adapters. Every statement names the user, so that no one reaches another's. */
import { type AdapterRow, MAX_USER_BYTES, type NewAdapter, UPLOAD_MS, VERIFY_MS } from "./adapter.ts";

export async function listReady(database: D1Database, userId: string): Promise<AdapterRow[]> {
  const all = database.prepare("SELECT * FROM adapter WHERE userId = ? AND state = 'ready' ORDER BY name").bind(userId);
  return (await all.all<AdapterRow>()).results;
}

export function findById(database: D1Database, userId: string, id: string): Promise<AdapterRow | null> {
  return database.prepare("SELECT * FROM adapter WHERE id = ? AND userId = ?").bind(id, userId).first<AdapterRow>();
}

/** The one that is ready, or the one on its way. */
export function findByName(database: D1Database, userId: string, name: string, ready: boolean): Promise<AdapterRow | null> {
  return database
    .prepare(`SELECT * FROM adapter WHERE userId = ? AND name = ? AND (state = 'ready') = ?`)
    .bind(userId, name, ready ? 1 : 0)
    .first<AdapterRow>();
}

/** Bytes that a user keeps or has announced. */
export async function bytesOf(database: D1Database, userId: string): Promise<number> {
  const row = await database
    .prepare("SELECT coalesce(sum(sizeBytes), 0) AS bytes FROM adapter WHERE userId = ?")
    .bind(userId)
    .first<{ bytes: number }>();
  return row?.bytes ?? 0;
}

export type Insertion = "inserted" | "quota" | "exists";

/** Writes a new upload down when there is room for it and none of its name: looked at and done in one statement. */
export async function insertUpload(
  database: D1Database,
  row: Pick<AdapterRow, "id" | "userId"> & { readonly uploadId: string },
  { name, baseModel, kind, rank, config, sizeBytes, sha256 }: NewAdapter,
  now: number,
): Promise<Insertion> {
  const { meta } = await database
    .prepare(
      `INSERT INTO adapter (id, userId, name, baseModel, kind, rank, config, sizeBytes, sha256, state, uploadId, createdAt, expiresAt)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'uploading', ?10, ?11, ?12
       WHERE (SELECT coalesce(sum(sizeBytes), 0) FROM adapter WHERE userId = ?2) + ?8 <= ?13
       ON CONFLICT DO NOTHING`,
    )
    .bind(
      row.id,
      row.userId,
      name,
      baseModel,
      kind,
      rank,
      config && JSON.stringify(config),
      sizeBytes,
      sha256,
      row.uploadId,
      now,
      now + UPLOAD_MS,
      MAX_USER_BYTES,
    )
    .run();
  if (meta.changes > 0) return "inserted";
  return (await findByName(database, row.userId, name, false)) ? "exists" : "quota";
}

export async function receivedParts(database: D1Database, id: string): Promise<{ number: number; etag: string }[]> {
  const parts = database.prepare("SELECT number, etag FROM adapter_part WHERE adapterId = ? ORDER BY number").bind(id);
  return (await parts.all<{ number: number; etag: string }>()).results;
}

/** Whether a part is there. */
export async function hasPart(database: D1Database, id: string, number: number): Promise<boolean> {
  return (await database.prepare("SELECT 1 FROM adapter_part WHERE adapterId = ? AND number = ?").bind(id, number).first()) !== null;
}

/** What came last under a number counts, as it does in R2. */
export async function keepPart(database: D1Database, id: string, number: number, etag: string): Promise<void> {
  await database
    .prepare("INSERT INTO adapter_part VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET etag = excluded.etag")
    .bind(id, number, etag)
    .run();
}

export async function forgetParts(database: D1Database, id: string): Promise<void> {
  await database.batch([
    database.prepare("DELETE FROM adapter_part WHERE adapterId = ?").bind(id),
    database.prepare("UPDATE adapter SET state = 'uploading' WHERE id = ? AND state = 'verifying'").bind(id),
  ]);
}

/** One caller alone gets to verify an upload, until its time has run out; false for all others. */
export async function claim(database: D1Database, id: string, now: number): Promise<boolean> {
  const { meta } = await database
    .prepare(
      `UPDATE adapter SET state = 'verifying', claimedAt = ?
       WHERE id = ? AND (state = 'uploading' OR (state = 'verifying' AND claimedAt < ?))`,
    )
    .bind(now, id, now - VERIFY_MS)
    .run();
  return meta.changes > 0;
}

/** Lets another verify at once, after a fault that was not the upload's. */
export async function unclaim(database: D1Database, id: string): Promise<void> {
  await database.prepare("UPDATE adapter SET claimedAt = 0 WHERE id = ? AND state = 'verifying'").bind(id).run();
}

/** Makes an upload the adapter of its name, and takes the one before it out. False when it is gone meanwhile. */
export async function makeReady(database: D1Database, { id, userId, name }: AdapterRow): Promise<boolean> {
  const [, , made] = await database.batch([
    database.prepare("DELETE FROM adapter_part WHERE adapterId = ?").bind(id),
    database
      .prepare(
        `DELETE FROM adapter WHERE userId = ?1 AND name = ?2 AND state = 'ready'
         AND EXISTS (SELECT 1 FROM adapter WHERE id = ?3 AND state = 'verifying')`,
      )
      .bind(userId, name, id),
    database
      .prepare(
        "UPDATE adapter SET state = 'ready', uploadId = NULL, claimedAt = NULL, expiresAt = NULL WHERE id = ? AND state = 'verifying'",
      )
      .bind(id),
  ]);
  return (made?.meta.changes ?? 0) > 0;
}

export async function deleteRow(database: D1Database, id: string): Promise<void> {
  await database.batch([
    database.prepare("DELETE FROM adapter_part WHERE adapterId = ?").bind(id),
    database.prepare("DELETE FROM adapter WHERE id = ?").bind(id),
  ]);
}

export async function expired(database: D1Database, now: number, most: number): Promise<AdapterRow[]> {
  const all = database.prepare("SELECT * FROM adapter WHERE state <> 'ready' AND expiresAt < ? LIMIT ?").bind(now, most);
  return (await all.all<AdapterRow>()).results;
}

/** All that a user keeps or uploads. */
export async function adaptersOf(database: D1Database, userId: string): Promise<AdapterRow[]> {
  return (await database.prepare("SELECT * FROM adapter WHERE userId = ?").bind(userId).all<AdapterRow>()).results;
}
