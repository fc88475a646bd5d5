-- Times are in ms since 1970. Of keys and codes only SHA-256 hashes are kept.
CREATE TABLE user (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  createdAt INTEGER NOT NULL,
  closedAt INTEGER,
  customer TEXT UNIQUE,      -- at Stripe
  subscribed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  userId TEXT NOT NULL REFERENCES user (id),
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,      -- separated by spaces
  createdAt INTEGER NOT NULL,
  expiresAt INTEGER NOT NULL,
  revokedAt INTEGER
);
CREATE INDEX api_key_user ON api_key (userId);
CREATE TABLE login (
  deviceHash TEXT PRIMARY KEY,
  userCode TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'used')),
  userId TEXT REFERENCES user (id),
  mailHash TEXT UNIQUE,      -- of the code in the mail that approves it
  email TEXT,
  mails INTEGER NOT NULL DEFAULT 0,
  polledAt INTEGER NOT NULL DEFAULT 0,
  interval INTEGER NOT NULL, -- seconds between polls
  expiresAt INTEGER NOT NULL
);
CREATE TABLE statement (     -- of gateways, each good once
  nonce TEXT PRIMARY KEY,
  expiresAt INTEGER NOT NULL
);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  userId TEXT,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL      -- an id; never a text of somebody's
);
CREATE INDEX audit_user ON audit (userId, at);
