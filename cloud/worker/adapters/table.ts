/** What the database knows of adapters. Every statement names the user, so that no one reaches another's. */
import { type AdapterRow, MAX_USER_BYTES, type NewAdapter, UPLOAD_MS, VERIFY_MS } from "./adapter.ts";

export async function listReady(database: D1Database, userId: string): Promise<AdapterRow[]> {
  const all = database.prepare("SELECT * FROM adapter WHERE userId = ? AND state = 'ready' ORDER BY name").bind(userId);
  return (await all.all<AdapterRow>()).results;
}

export function findById(database: D1Database, userId: string, id: string): Promise<AdapterRow | null> {
  return database.prepare("SELECT * FROM adapter WHERE id = ? AND userId = ?").bind(id, userId).first<AdapterRow>();
}

/** The adapter of a name, and the one on its way that is to take its place. */
export async function findByName(
  database: D1Database,
  userId: string,
  name: string,
): Promise<{ readonly ready: AdapterRow | undefined; readonly coming: AdapterRow | undefined }> {
  const both = database.prepare("SELECT * FROM adapter WHERE userId = ? AND name = ?").bind(userId, name);
  const { results } = await both.all<AdapterRow>();
  return { ready: results.find(({ state }) => state === "ready"), coming: results.find(({ state }) => state !== "ready") };
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
  return (await findByName(database, row.userId, name)).coming ? "exists" : "quota";
}

export async function receivedParts(database: D1Database, id: string): Promise<{ number: number; etag: string }[]> {
  const parts = database.prepare("SELECT number, etag FROM adapter_part WHERE adapterId = ? ORDER BY number").bind(id);
  return (await parts.all<{ number: number; etag: string }>()).results;
}

/** An upload, and whether one of its parts is there. */
export async function findWithPart(
  database: D1Database,
  { userId, id, number }: { readonly userId: string; readonly id: string; readonly number: number },
): Promise<{ readonly row: AdapterRow; readonly there: boolean } | undefined> {
  const found = await database
    .prepare(
      `SELECT adapter.*, EXISTS (SELECT 1 FROM adapter_part WHERE adapterId = ?1 AND number = ?3) AS there
       FROM adapter WHERE id = ?1 AND userId = ?2`,
    )
    .bind(id, userId, number)
    .first<AdapterRow & { readonly there: number }>();
  if (!found) return undefined;
  const { there, ...row } = found;
  return { row, there: there === 1 };
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

/** One caller alone gets to verify an upload that has all its parts, until its time has run out; false for all others. */
export async function claim(
  database: D1Database,
  { id, parts }: { readonly id: string; readonly parts: number },
  now: number,
): Promise<{ readonly claimed: boolean; readonly received: readonly { number: number; etag: string }[] }> {
  const [claiming, listing] = await database.batch([
    database
      .prepare(
        `UPDATE adapter SET state = 'verifying', claimedAt = ?1
         WHERE id = ?2 AND (state = 'uploading' OR (state = 'verifying' AND claimedAt < ?3))
           AND (SELECT count(*) FROM adapter_part WHERE adapterId = ?2) = ?4`,
      )
      .bind(now, id, now - VERIFY_MS, parts),
    database.prepare("SELECT number, etag FROM adapter_part WHERE adapterId = ? ORDER BY number").bind(id),
  ]);
  return { claimed: (claiming?.meta.changes ?? 0) > 0, received: (listing?.results ?? []) as { number: number; etag: string }[] };
}

/** Lets another verify at once, after a fault that was not the upload's. */
export async function unclaim(database: D1Database, id: string): Promise<void> {
  await database.prepare("UPDATE adapter SET claimedAt = 0 WHERE id = ? AND state = 'verifying'").bind(id).run();
}

/**
 * Makes an upload the adapter of its name, and gives the one before it, which is taken out; undefined for the whole when the
 * upload is gone meanwhile.
 */
export async function makeReady(
  database: D1Database,
  { id, userId, name }: AdapterRow,
): Promise<{ readonly before: AdapterRow | undefined } | undefined> {
  const [, taken, made] = await database.batch([
    database.prepare("DELETE FROM adapter_part WHERE adapterId = ?").bind(id),
    database
      .prepare(
        `DELETE FROM adapter WHERE userId = ?1 AND name = ?2 AND state = 'ready'
         AND EXISTS (SELECT 1 FROM adapter WHERE id = ?3 AND state = 'verifying') RETURNING *`,
      )
      .bind(userId, name, id),
    database
      .prepare(
        "UPDATE adapter SET state = 'ready', uploadId = NULL, claimedAt = NULL, expiresAt = NULL WHERE id = ? AND state = 'verifying'",
      )
      .bind(id),
  ]);
  return (made?.meta.changes ?? 0) > 0 ? { before: (taken?.results as AdapterRow[] | undefined)?.[0] } : undefined;
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
