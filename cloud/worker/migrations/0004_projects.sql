-- Times are in ms since 1970, amounts in cents. Of invites' and handovers' tokens only SHA-256 hashes are kept.
CREATE TABLE project (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  instructions TEXT NOT NULL DEFAULT '', -- what every question of the project is asked with; redacted
  budgetCents INTEGER,                   -- what all its questions may cost one owner; NULL: the account's own limits alone
  approval INTEGER NOT NULL DEFAULT 0,   -- whether a question of who may not approve waits for one who may
  createdAt INTEGER NOT NULL
);
CREATE TABLE member (
  projectId TEXT NOT NULL REFERENCES project (id),
  userId TEXT NOT NULL REFERENCES user (id),
  role TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor', 'owner')),
  quotaCents INTEGER NOT NULL CHECK (quotaCents >= 0), -- of a guest: what it may cost the owner
  grantId TEXT NOT NULL,                               -- what the quota was given by: an invite, or a handover
  joinedAt INTEGER NOT NULL,
  PRIMARY KEY (projectId, userId)
) WITHOUT ROWID;
CREATE UNIQUE INDEX member_owner ON member (projectId) WHERE role = 'owner';
CREATE INDEX member_user ON member (userId);
CREATE TABLE former_member (             -- whose invite lets them in no more
  userId TEXT NOT NULL,
  grantId TEXT NOT NULL,
  PRIMARY KEY (userId, grantId)
) WITHOUT ROWID;
CREATE TABLE project_content (
  projectId TEXT NOT NULL REFERENCES project (id),
  kind TEXT NOT NULL CHECK (kind IN ('session', 'adapter')),
  ref TEXT NOT NULL,
  PRIMARY KEY (projectId, kind, ref)
) WITHOUT ROWID;
CREATE TABLE invite (
  id TEXT PRIMARY KEY,
  projectId TEXT NOT NULL REFERENCES project (id),
  hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor')),
  quotaCents INTEGER NOT NULL CHECK (quotaCents >= 0), -- of each guest
  single INTEGER NOT NULL,
  uses INTEGER NOT NULL DEFAULT 0,
  createdAt INTEGER NOT NULL,
  expiresAt INTEGER NOT NULL,
  revokedAt INTEGER
);
CREATE INDEX invite_project ON invite (projectId);
CREATE TABLE comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  projectId TEXT NOT NULL REFERENCES project (id),
  userId TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL                     -- redacted
);
CREATE INDEX comment_project ON comment (projectId, id);
CREATE TABLE project_event (             -- the audit trail
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  projectId TEXT NOT NULL,
  userId TEXT NOT NULL,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL                  -- an id; never a text of somebody's
);
CREATE INDEX project_event_project ON project_event (projectId, id);
CREATE INDEX project_event_user ON project_event (userId, action, at);
CREATE TABLE handover (
  id TEXT PRIMARY KEY,
  projectId TEXT NOT NULL REFERENCES project (id),
  hash TEXT NOT NULL,
  fromUserId TEXT NOT NULL,
  toEmail TEXT NOT NULL,
  toUserId TEXT,                         -- who has accepted
  state TEXT NOT NULL CHECK (state IN ('pending', 'email_sent', 'accepted', 'completed', 'expired', 'cancelled')),
  adapters INTEGER NOT NULL,             -- whether they go along
  knowledge INTEGER NOT NULL,
  createdAt INTEGER NOT NULL,
  changedAt INTEGER NOT NULL,
  expiresAt INTEGER NOT NULL
);
CREATE UNIQUE INDEX handover_open ON handover (projectId) WHERE state IN ('pending', 'email_sent', 'accepted');
