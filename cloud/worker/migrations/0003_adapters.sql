-- Adapters of models (LoRA). Their bytes are in R2, under users/USER/ID/. Times are in ms since 1970.
CREATE TABLE adapter (
  id TEXT PRIMARY KEY,
  userId TEXT NOT NULL REFERENCES user (id),
  name TEXT NOT NULL,
  baseModel TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('gguf', 'safetensors')),
  rank INTEGER NOT NULL,
  config TEXT,               -- JSON: of PEFT's adapter_config.json, what a server needs
  sizeBytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'verifying', 'ready')),
  uploadId TEXT,             -- R2's, until the parts are put together
  createdAt INTEGER NOT NULL,
  claimedAt INTEGER,         -- when somebody began to verify it
  expiresAt INTEGER          -- of an upload; NULL when ready
);
-- One that is ready and one on its way may have the same name: the second takes the place of the first.
CREATE UNIQUE INDEX adapter_ready ON adapter (userId, name) WHERE state = 'ready';
CREATE UNIQUE INDEX adapter_coming ON adapter (userId, name) WHERE state <> 'ready';
CREATE INDEX adapter_expiry ON adapter (expiresAt);
CREATE TABLE adapter_part (
  adapterId TEXT NOT NULL REFERENCES adapter (id),
  number INTEGER NOT NULL,   -- from 1
  etag TEXT NOT NULL,        -- R2's
  PRIMARY KEY (adapterId, number)
) WITHOUT ROWID;
