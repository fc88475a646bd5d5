-- Documents that were shared with the cloud: public, redacted text. Their vectors are in Vectorize, under DOCUMENT.NUMBER.
CREATE TABLE shared_document (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,           -- user/ID or project/ID, which is the vectors' namespace too
  name TEXT NOT NULL,
  hash TEXT NOT NULL,            -- of the texts, hex SHA-256
  chunks INTEGER NOT NULL,
  addedBy TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'removed')), -- removed: its texts are gone, its vectors go next
  triedAt INTEGER NOT NULL       -- when its vectors were last asked for, or asked to go
);
CREATE INDEX shared_document_scope ON shared_document (scope, name);
CREATE INDEX shared_document_undone ON shared_document (triedAt) WHERE state <> 'ready';
CREATE TABLE shared_chunk (
  documentId TEXT NOT NULL REFERENCES shared_document (id),
  number INTEGER NOT NULL,       -- from 0
  heading TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (documentId, number)
) WITHOUT ROWID;
-- When what a closed account kept was taken away.
ALTER TABLE user ADD COLUMN clearedAt INTEGER;
