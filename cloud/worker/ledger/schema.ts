/** Tables of one user's ledger. Every amount is in nano-dollars, every time in ms since 1970. */
import { DEFAULT_CEILING } from "../money/tier.ts";
import type { Sql } from "./sql.ts";

const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE account (
       id INTEGER PRIMARY KEY CHECK (id = 1),
       tier TEXT NOT NULL,
       ceiling INTEGER NOT NULL CHECK (ceiling >= 0),
       customer TEXT,                           -- at the payment provider
       closed INTEGER NOT NULL DEFAULT 0,
       credits INTEGER NOT NULL DEFAULT 0 CHECK (credits >= 0),
       unbilled INTEGER NOT NULL DEFAULT 0 CHECK (unbilled >= 0),
       billed INTEGER NOT NULL DEFAULT 0 CHECK (billed >= 0),
       paid INTEGER NOT NULL DEFAULT 0,
       freeMonth TEXT NOT NULL DEFAULT '',      -- to which freeUsed belongs, YYYY-MM
       freeUsed INTEGER NOT NULL DEFAULT 0,
       unbilledSince INTEGER,                   -- since when there is a cent to bill
       flushNext INTEGER,                       -- when the open flush is tried next; NULL when none is open
       flushMinute INTEGER NOT NULL DEFAULT 0,  -- of the last flush; no two flushes share a minute
       rollupAt INTEGER,                        -- when events that are too old are to be dropped
       horizon INTEGER NOT NULL DEFAULT 0       -- events before this have been dropped
     )`,
    `INSERT INTO account (id, tier, ceiling) VALUES (1, 'free', ${DEFAULT_CEILING})`,
    `CREATE TABLE event (
       id TEXT PRIMARY KEY, at INTEGER NOT NULL, model TEXT NOT NULL, tier TEXT NOT NULL,
       tokensIn INTEGER NOT NULL, tokensOut INTEGER NOT NULL, priceIn INTEGER NOT NULL, priceOut INTEGER NOT NULL,
       cost INTEGER NOT NULL, charge INTEGER NOT NULL, fromCredits INTEGER NOT NULL
     ) WITHOUT ROWID`,
    `CREATE TABLE day (
       day TEXT NOT NULL, model TEXT NOT NULL, tier TEXT NOT NULL, requests INTEGER NOT NULL, calls INTEGER NOT NULL,
       tokensIn INTEGER NOT NULL, tokensOut INTEGER NOT NULL,
       cost INTEGER NOT NULL, charge INTEGER NOT NULL, fromCredits INTEGER NOT NULL,
       PRIMARY KEY (day, model, tier)
     ) WITHOUT ROWID`,
    `CREATE TABLE hold (
       id TEXT PRIMARY KEY, tier TEXT NOT NULL, cost INTEGER NOT NULL, charge INTEGER NOT NULL, expires INTEGER NOT NULL
     ) WITHOUT ROWID`,
    `CREATE TABLE movement (
       id TEXT PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL, toUnbilled INTEGER NOT NULL
     ) WITHOUT ROWID`,
    `CREATE TABLE flush (
       seq INTEGER PRIMARY KEY AUTOINCREMENT, cents INTEGER NOT NULL CHECK (cents > 0), minute INTEGER NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('open', 'sent', 'rejected', 'replaced')),
       attempts INTEGER NOT NULL DEFAULT 0, firstAttempt INTEGER, lastAttempt INTEGER
     )`,
    "CREATE UNIQUE INDEX flush_open ON flush (state) WHERE state = 'open'",
  ],
  [
    `CREATE TABLE project_use (
       project TEXT NOT NULL, guest TEXT NOT NULL, used INTEGER NOT NULL CHECK (used >= 0), PRIMARY KEY (project, guest)
     ) WITHOUT ROWID`,
    // Beside a row of hold with the same id.
    `CREATE TABLE project_hold (
       id TEXT PRIMARY KEY, project TEXT NOT NULL, guest TEXT NOT NULL, counted INTEGER NOT NULL
     ) WITHOUT ROWID`,
  ],
  // Invoices that could not be paid from the user's card.
  [`CREATE TABLE unpaid (invoice TEXT PRIMARY KEY, at INTEGER NOT NULL, amount INTEGER NOT NULL, page TEXT) WITHOUT ROWID`],
];

/** Brings a ledger of any earlier version, or a new one, to this one; all or nothing. */
export function migrate(sql: Sql): void {
  sql.transaction(() => {
    sql.all("CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY)");
    const [row] = sql.all<{ version: number | null }>("SELECT max(version) AS version FROM migration");
    for (const [index, statements] of MIGRATIONS.entries()) {
      if (index < (row?.version ?? 0)) continue;
      for (const statement of statements) sql.all(statement);
      sql.all("INSERT INTO migration (version) VALUES (?)", index + 1);
    }
  });
}
