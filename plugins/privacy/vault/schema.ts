/** The n-th script brings the vault's file from version n to n + 1; a released one is never edited. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE vault (id INTEGER PRIMARY KEY CHECK (id = 1), fingerprint BLOB NOT NULL);
   CREATE TABLE sessions (
     id BLOB PRIMARY KEY,
     name BLOB NOT NULL,
     used_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE tokens (
     kind BLOB NOT NULL,
     number INTEGER NOT NULL,
     session BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     lookup BLOB,
     sealed BLOB NOT NULL,
     PRIMARY KEY (kind, number)
   ) WITHOUT ROWID;
   CREATE UNIQUE INDEX tokens_by_value ON tokens (kind, lookup) WHERE lookup IS NOT NULL;
   CREATE INDEX tokens_by_session ON tokens (session);`,
  `ALTER TABLE vault ADD COLUMN place TEXT NOT NULL DEFAULT 'file';
   ALTER TABLE vault ADD COLUMN old_fingerprint BLOB;
   ALTER TABLE vault ADD COLUMN old_place TEXT;`,
];
