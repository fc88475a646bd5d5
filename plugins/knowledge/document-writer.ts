import type Sqlite from "better-sqlite3";
import type { IndexedDocument, PrivacyClass, PrivacyFindings, WriteOutcome } from "../../kernel/index.ts";
import { quantise } from "./quantise.ts";

/** Writes documents and takes them out again, inside a transaction of the caller's. */
export interface DocumentWriter {
  /** Writes a document, in the place of one of the same path; what is there already, read in the same way, stays. */
  write(document: IndexedDocument): WriteOutcome;
  /** Takes a document, or the note of a skipped file, out of every table; false when there was no such document. */
  remove(path: string): boolean;
}

export function documentWriter(db: Sqlite.Database, model: number): DocumentWriter {
  const find = db.prepare("SELECT id, title, hash, recipe FROM documents WHERE path = ?");
  const insertDocument = db.prepare(
    "INSERT INTO documents (path, title, kind, hash, size, modified, recipe, tags, privacy, personal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertChunk = db.prepare(
    'INSERT INTO chunks (document, start, "end", heading, text, map, privacy, personal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertWords = db.prepare("INSERT INTO words (rowid, title, heading, text) VALUES (?, ?, ?, ?)");
  const insertVector = db.prepare("INSERT INTO vectors (chunk, model, vector) VALUES (?, ?, ?)");
  const chunksOf = db.prepare("SELECT id, heading, text FROM chunks WHERE document = ?");
  const deleteWords = db.prepare("INSERT INTO words (words, rowid, title, heading, text) VALUES ('delete', ?, ?, ?, ?)");
  const deleteDocument = db.prepare("DELETE FROM documents WHERE id = ?"); // chunks and vectors go with it
  const touch = db.prepare("UPDATE documents SET size = ?, modified = ? WHERE id = ?");
  const deleteSkipped = db.prepare("DELETE FROM skipped WHERE path = ?");

  const known = (path: string) => find.get(path) as { id: number; title: string; hash: string; recipe: string } | undefined;
  const remove = (path: string): boolean => {
    deleteSkipped.run(path);
    const document = known(path);
    if (!document) return false;
    // The full-text index holds no text of its own, so it has to be told what it is to forget.
    for (const chunk of chunksOf.all(document.id) as { id: number; heading: string; text: string }[])
      deleteWords.run(chunk.id, document.title, chunk.heading, chunk.text);
    deleteDocument.run(document.id);
    return true;
  };

  return {
    remove,
    write({ path, title, kind, hash, size, modified, recipe = "", tags = [], privacy, chunks, vectors }) {
      const before = known(path);
      if (before?.hash === hash && before.recipe === recipe && recipe !== "") {
        touch.run(size, modified, before.id);
        return "unchanged";
      }
      remove(path);
      const about = [recipe, JSON.stringify(tags), ...privacyColumns(privacy)];
      const document = insertDocument.run(path, title, kind, hash, size, modified, ...about).lastInsertRowid;
      for (const [i, { start, end, heading, text, map, privacy: found }] of chunks.entries()) {
        const lies = map ? bytes(Uint32Array.from(map)) : null;
        const chunk = insertChunk.run(document, start, end, heading, text, lies, ...privacyColumns(found)).lastInsertRowid;
        insertWords.run(chunk, title, heading, text);
        const vector = vectors[i];
        if (vector) insertVector.run(chunk, model, bytes(quantise(vector)));
      }
      return before ? "updated" : "added";
    },
  };
}

function privacyColumns(found: PrivacyFindings | undefined): [string | null, string | null] {
  return found ? [found.class, JSON.stringify(found.counts)] : [null, null];
}

/** The columns `privacy` and `personal` as what they were written from. */
export interface PrivacyColumns {
  readonly privacy: PrivacyClass | null;
  readonly personal: string | null;
}

export function findingsOf({ privacy, personal }: PrivacyColumns): { readonly privacy?: PrivacyFindings } {
  return privacy && personal ? { privacy: { class: privacy, counts: JSON.parse(personal) as PrivacyFindings["counts"] } } : {};
}

function bytes(array: Int8Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
