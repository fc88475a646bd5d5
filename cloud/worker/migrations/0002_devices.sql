-- Devices with a certificate of ours. A gateway knows them by it; who is revoked is told to gateways until it would end.
CREATE TABLE device (
  id TEXT PRIMARY KEY,
  userId TEXT NOT NULL REFERENCES user (id),
  name TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  expiresAt INTEGER NOT NULL, -- of its newest certificate
  revokedAt INTEGER
);
CREATE INDEX device_user ON device (userId);
CREATE INDEX device_revoked ON device (expiresAt) WHERE revokedAt IS NOT NULL;
