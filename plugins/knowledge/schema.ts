/**
 * The knowledge vault's tables. The full-text index keeps no copy of the text (`content=''`): rows leave it by being
 * given their old values, and with `secure-delete` their words are taken out of the index at once rather than masked.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified REAL NOT NULL
  ) STRICT;
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    map BLOB
  ) STRICT;
  CREATE INDEX chunks_by_document ON chunks (document);
  CREATE TABLE vectors (
    chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES models,
    vector BLOB NOT NULL
  ) STRICT;
  CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE skipped (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified REAL NOT NULL,
    reason TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5 (title, heading, text, content='', tokenize='porter unicode61');
  INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
  `,
  // What was indexed before has no recipe, and so is read again by the next run. `personal` counts values by type, as JSON.
  `
  ALTER TABLE documents ADD COLUMN recipe TEXT NOT NULL DEFAULT '';
  ALTER TABLE documents ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE documents ADD COLUMN privacy TEXT;
  ALTER TABLE documents ADD COLUMN personal TEXT;
  ALTER TABLE skipped ADD COLUMN recipe TEXT NOT NULL DEFAULT '';
  ALTER TABLE chunks ADD COLUMN privacy TEXT;
  ALTER TABLE chunks ADD COLUMN personal TEXT;
  `,
];
