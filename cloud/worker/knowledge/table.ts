/** What the database knows of shared documents. What users ask for names its scope, so that no one reaches another's. */
import { type DocumentRow, MAX_SCOPE_CHUNKS, type NewDocument, type Scope, type SharedChunk } from "./document.ts";

const COLUMNS = "id, scope, name, chunks, createdAt, state";

export async function listDocuments(database: D1Database, scope: Scope): Promise<DocumentRow[]> {
  const all = database.prepare(`SELECT ${COLUMNS} FROM shared_document WHERE scope = ? AND state <> 'removed' ORDER BY name`).bind(scope);
  return (await all.all<DocumentRow>()).results;
}

interface Insertion {
  readonly id: string;
  readonly scope: Scope;
  readonly userId: string;
  /** Of the chunks. */
  readonly hash: string;
  readonly now: number;
}

export interface Inserted {
  readonly row: DocumentRow;
  /** Documents whose vectors are to be taken away. */
  readonly replaced: readonly string[];
}

/** The document of this name with these very texts. */
export function findSame(database: D1Database, scope: Scope, name: string, hash: string): Promise<DocumentRow | null> {
  return database
    .prepare(`SELECT ${COLUMNS} FROM shared_document WHERE scope = ? AND name = ? AND hash = ? AND state <> 'removed'`)
    .bind(scope, name, hash)
    .first<DocumentRow>();
}

/** Writes a document in the place of those of its name; undefined, and nothing is changed, where there is no room for it. */
export async function insertDocument(
  database: D1Database,
  { id, scope, userId, hash, now }: Insertion,
  { name, chunks }: NewDocument,
): Promise<Inserted | undefined> {
  const [made, replaced] = await database.batch<{ id: string }>([
    database
      .prepare(
        `INSERT INTO shared_document SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', ?7
         WHERE (SELECT coalesce(sum(chunks), 0) FROM shared_document WHERE scope = ?2 AND name <> ?3 AND state <> 'removed') + ?5 <= ?8`,
      )
      .bind(id, scope, name, hash, chunks.length, userId, now, MAX_SCOPE_CHUNKS),
    database
      .prepare(
        `UPDATE shared_document SET state = 'removed', triedAt = ?4 WHERE scope = ?2 AND name = ?3 AND id <> ?1 AND state <> 'removed'
         AND EXISTS (SELECT 1 FROM shared_document WHERE id = ?1) RETURNING id`,
      )
      .bind(id, scope, name, now),
    forgetTexts(database, scope),
    database
      .prepare(
        `INSERT INTO shared_chunk SELECT ?1, key, value ->> 'heading', value ->> 'text' FROM json_each(?2)
         WHERE EXISTS (SELECT 1 FROM shared_document WHERE id = ?1)`,
      )
      .bind(id, JSON.stringify(chunks)),
  ]);
  if (made?.meta.changes === 0) return undefined;
  const row = { id, scope, name, chunks: chunks.length, createdAt: now, state: "waiting" } as const;
  return { row, replaced: (replaced?.results ?? []).map((one) => one.id) };
}

/** The texts of what is removed are gone at once. */
function forgetTexts(database: D1Database, scope: Scope): D1PreparedStatement {
  return database
    .prepare("DELETE FROM shared_chunk WHERE documentId IN (SELECT id FROM shared_document WHERE scope = ? AND state = 'removed')")
    .bind(scope);
}

/** Removes one document of a scope, or all of them; gives those whose vectors are to be taken away. */
export async function removeDocuments(database: D1Database, scope: Scope, id: string | null, now: number): Promise<string[]> {
  const [removed] = await database.batch<{ id: string }>([
    database
      .prepare(
        `UPDATE shared_document SET state = 'removed', triedAt = ?3
         WHERE scope = ?1 AND (?2 IS NULL OR id = ?2) AND state <> 'removed' RETURNING id`,
      )
      .bind(scope, id, now),
    forgetTexts(database, scope),
  ]);
  return (removed?.results ?? []).map((row) => row.id);
}

/** Removes what was shared with projects that are no more, and by accounts that are closed; its vectors are to go at once. */
export async function removeOrphans(database: D1Database): Promise<void> {
  await database.batch([
    database.prepare(
      `UPDATE shared_document SET state = 'removed', triedAt = 0 WHERE state <> 'removed' AND (
           (scope LIKE 'project/%' AND substr(scope, 9) NOT IN (SELECT id FROM project))
           OR (scope LIKE 'user/%' AND substr(scope, 6) NOT IN (SELECT id FROM user WHERE closedAt IS NULL)))`,
    ),
    database.prepare("DELETE FROM shared_chunk WHERE documentId IN (SELECT id FROM shared_document WHERE state = 'removed')"),
  ]);
}

/** Whoever works on the index takes a document by its id alone. */
export function documentById(database: D1Database, id: string): Promise<DocumentRow | null> {
  return database.prepare(`SELECT ${COLUMNS} FROM shared_document WHERE id = ?`).bind(id).first<DocumentRow>();
}

export async function chunksOf(database: D1Database, id: string): Promise<SharedChunk[]> {
  const all = database.prepare("SELECT heading, text FROM shared_chunk WHERE documentId = ? ORDER BY number").bind(id);
  return (await all.all<SharedChunk>()).results;
}

/** False when it was removed meanwhile. */
export async function markReady(database: D1Database, id: string): Promise<boolean> {
  const { meta } = await database.prepare("UPDATE shared_document SET state = 'ready' WHERE id = ? AND state <> 'removed'").bind(id).run();
  return meta.changes > 0;
}

/** Of a removed document nothing stays. */
export async function forget(database: D1Database, id: string): Promise<void> {
  await database.prepare("DELETE FROM shared_document WHERE id = ? AND state = 'removed'").bind(id).run();
}

/** Takes up to `most` documents that nobody has brought to their end since `before`; they are not taken again for as long. */
export async function takeUndone(database: D1Database, before: number, most: number, now: number): Promise<string[]> {
  const taken = database
    .prepare(
      `UPDATE shared_document SET triedAt = ?3 WHERE id IN
         (SELECT id FROM shared_document WHERE state <> 'ready' AND triedAt < ?1 ORDER BY triedAt LIMIT ?2) RETURNING id`,
    )
    .bind(before, most, now);
  return (await taken.all<{ id: string }>()).results.map(({ id }) => id);
}

export interface FoundChunk extends SharedChunk {
  readonly documentId: string;
  readonly name: string;
  readonly number: number;
}

/** Those of the chunks that are this scope's, in no order: the index may name others, and some that are gone. */
export async function readChunks(
  database: D1Database,
  scope: Scope,
  wanted: readonly { readonly documentId: string; readonly number: number }[],
): Promise<FoundChunk[]> {
  const all = database
    .prepare(
      `SELECT documentId, name, number, heading, text FROM json_each(?2) AS wanted
       JOIN shared_chunk ON documentId = wanted.value ->> 'documentId' AND number = wanted.value ->> 'number'
       JOIN shared_document ON shared_document.id = documentId WHERE scope = ?1 AND state <> 'removed'`,
    )
    .bind(scope, JSON.stringify(wanted));
  return (await all.all<FoundChunk>()).results;
}
