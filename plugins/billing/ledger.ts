/**
 * What questions that left this machine have cost: ledger.db. A receipt is there, on the disk, before the answer is shown,
 * and once, however often it is told. Amounts are whole nano-dollars, times ms since 1970.
 */
import { join } from "node:path";
import type { Receipt } from "../../kernel/index.ts";
import { LocalDatabase } from "../../pipeline/database.ts";

/**
 * `kept`: it is nobody's business but this machine's. `queued`: the cloud is to be told of it. `counted`: it knows.
 * `refused`: it would not count it.
 */
export type ReceiptState = "kept" | "queued" | "counted" | "refused";

export interface Entry extends Receipt {
  readonly state: ReceiptState;
  /** Why it was refused, or how it was learned of when nobody told it; null otherwise. */
  readonly reason: string | null;
}

/** A request that was about to leave, and that nobody has said the end of: the command was killed, or its link broke. */
export type Unfinished = Pick<Receipt, "requestId" | "at" | "via" | "model" | "adapter" | "project">;

/** What the cloud last said of an account. */
export interface Statement {
  readonly account: string;
  readonly at: number;
  readonly tier: string;
  /** Charged, and not paid. */
  readonly owed: number;
  /** Paid in advance, and not used. */
  readonly credits: number;
}

/** Sums of one day (UTC). */
export interface DaySums {
  readonly day: string;
  readonly requests: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cost: number;
  /** What the cloud charges; null where only the cloud knows: its fee for what the user's own key paid. */
  readonly charge: number | null;
}

const MIGRATIONS = [
  `CREATE TABLE receipt (
     request_id TEXT PRIMARY KEY, at INTEGER NOT NULL, via TEXT NOT NULL CHECK (via IN ('cloud', 'direct')), model TEXT NOT NULL,
     tokens_in INTEGER NOT NULL CHECK (tokens_in >= 0), tokens_out INTEGER NOT NULL CHECK (tokens_out >= 0),
     cost INTEGER NOT NULL CHECK (cost >= 0), charge INTEGER NOT NULL CHECK (charge >= 0),
     account TEXT,          -- at the cloud, whom it belongs to; NULL when nobody was signed in
     state TEXT NOT NULL CHECK (state IN ('kept', 'queued', 'counted', 'refused')),
     reason TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX receipt_by_time ON receipt (at);
   CREATE INDEX receipt_queued ON receipt (account, at) WHERE state = 'queued';
   CREATE TABLE statement (
     account TEXT PRIMARY KEY, at INTEGER NOT NULL, tier TEXT NOT NULL, owed INTEGER NOT NULL, credits INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  "ALTER TABLE receipt ADD COLUMN adapter TEXT; ALTER TABLE receipt ADD COLUMN project TEXT;",
  `CREATE TABLE unfinished (
     request_id TEXT PRIMARY KEY, at INTEGER NOT NULL, via TEXT NOT NULL, model TEXT NOT NULL, account TEXT, adapter TEXT, project TEXT
   ) STRICT, WITHOUT ROWID;`,
];

const COLUMNS = `request_id AS requestId, at, via, model, tokens_in AS tokensIn, tokens_out AS tokensOut, cost AS nanoDollars,
  charge AS chargeNanoDollars, state, reason, adapter, project`;

interface Row extends Omit<Entry, "tokens" | "adapter" | "project"> {
  readonly adapter: string | null;
  readonly project: string | null;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

const entryOf = ({ tokensIn, tokensOut, adapter, project, ...row }: Row): Entry => ({
  ...row,
  ...(adapter !== null && { adapter }),
  ...(project !== null && { project }),
  tokens: { in: tokensIn, out: tokensOut },
});

export function ledgerFile(home: string): string {
  return join(home, "ledger.db");
}

export class LedgerStore {
  readonly #db: LocalDatabase;

  constructor(home: string) {
    this.#db = new LocalDatabase(ledgerFile(home), MIGRATIONS);
  }

  /**
   * Keeps a receipt; false when it was there. One that the user's own key paid waits for the cloud, where `account` is of
   * the tier that pays for that, or of a tier that is not known yet.
   *
   * @param reason how it was learned of, where nobody told it
   * @throws RangeError when a figure is not a whole number from 0 up
   */
  record(receipt: Receipt, account: string | undefined, reason: string | null = null): boolean {
    for (const [name, figure] of Object.entries(figuresOf(receipt)))
      if (!Number.isSafeInteger(figure) || figure < 0) throw new RangeError(`${name} of a receipt is not a whole number from 0 up`);
    return this.#db.transaction((db) => {
      const tier = account === undefined ? undefined : this.statement(account)?.tier;
      const waits = account !== undefined && receipt.via === "direct" && (tier === undefined || tier === "byok");
      const { tokens, adapter = null, project = null, ...rest } = receipt;
      const row = { ...rest, adapter, project, ...figuresOf(receipt), account: account ?? null, state: waits ? "queued" : "kept", reason };
      db.prepare("DELETE FROM unfinished WHERE request_id = ?").run(receipt.requestId);
      return (
        db
          .prepare(
            `INSERT INTO receipt VALUES (@requestId, @at, @via, @model, @tokensIn, @tokensOut, @cost, @charge, @account, @state, @reason, @adapter, @project)
             ON CONFLICT DO NOTHING`,
          )
          .run(row).changes > 0
      );
    });
  }

  /** Notes that a request is about to leave; its receipt ends that. */
  begin(
    { adapter = null, project = null, ...request }: { [name in keyof Unfinished]: Unfinished[name] | null },
    account: string | undefined,
  ): void {
    const sql =
      "INSERT INTO unfinished VALUES (@requestId, @at, @via, @model, @account, @adapter, @project) ON CONFLICT DO UPDATE SET at = excluded.at";
    this.#db.use((db) => db.prepare(sql).run({ ...request, adapter, project, account: account ?? null }));
  }

  /** Requests of which nobody has said what they took, the oldest first; of one account, or of all. */
  unfinished(account?: string): Unfinished[] {
    const sql = `SELECT request_id AS requestId, at, via, model, adapter, project FROM unfinished
      WHERE @account IS NULL OR (account = @account AND via = 'cloud') ORDER BY at`;
    const rows = this.#db.use((db) => db.prepare(sql).all({ account: account ?? null })) as Pick<
      Row,
      "requestId" | "at" | "via" | "model" | "adapter" | "project"
    >[];
    return rows.map(({ adapter, project, ...row }) => ({
      ...row,
      ...(adapter !== null && { adapter }),
      ...(project !== null && { project }),
    }));
  }

  /** It took nothing. */
  drop(requestId: string): void {
    this.#db.use((db) => db.prepare("DELETE FROM unfinished WHERE request_id = ?").run(requestId));
  }

  /** Whether there is anything that the cloud is to be told, or asked. */
  waits(account: string): boolean {
    return this.queue(account).requests > 0 || this.unfinished(account).length > 0;
  }

  /** What was spent since a time: the provider's price, or the cloud's charge where that is more. */
  spent(since: number): number {
    return this.#number("SELECT coalesce(sum(max(cost, charge)), 0) FROM receipt WHERE at >= ?", since);
  }

  /** What the cloud has charged an account since a time, by the receipts here. */
  charged(account: string, since: number): number {
    return this.#number("SELECT coalesce(sum(charge), 0) FROM receipt WHERE account = ? AND at >= ?", account, since);
  }

  /** The newest first. */
  receipts(since: number, limit: number): Entry[] {
    const sql = `SELECT ${COLUMNS} FROM receipt WHERE at >= ? ORDER BY at DESC, request_id LIMIT ?`;
    return this.#db.use((db) => db.prepare<[number, number], Row>(sql).all(since, limit)).map(entryOf);
  }

  /** What waits to be told to the cloud: how much, and since when. */
  queue(account: string): { readonly requests: number; readonly cost: number; readonly since: number | null } {
    const sql =
      "SELECT count(*) AS requests, coalesce(sum(cost), 0) AS cost, min(at) AS since FROM receipt WHERE account = ? AND state = 'queued'";
    return this.#db.use((db) => db.prepare(sql).get(account)) as ReturnType<LedgerStore["queue"]>;
  }

  /** The receipts that wait the longest. */
  queued(account: string, limit: number): Entry[] {
    const sql = `SELECT ${COLUMNS} FROM receipt WHERE account = ? AND state = 'queued' ORDER BY at, request_id LIMIT ?`;
    return this.#db.use((db) => db.prepare<[string, number], Row>(sql).all(account, limit)).map(entryOf);
  }

  /** Notes what the cloud said of receipts that waited; of others nothing changes. */
  settle(ids: readonly string[], state: Exclude<ReceiptState, "queued">, reason: string | null = null): void {
    if (ids.length === 0) return;
    this.#db.transaction((db) => {
      const update = db.prepare("UPDATE receipt SET state = ?, reason = ? WHERE request_id = ? AND state = 'queued'");
      for (const id of ids) update.run(state, reason, id);
    });
  }

  /** Nothing of an account waits any longer: the cloud has no part in what was paid by the user's own key. */
  keepQueued(account: string): void {
    this.#db.use((db) => db.prepare("UPDATE receipt SET state = 'kept' WHERE account = ? AND state = 'queued'").run(account));
  }

  /** Sums of the days since a time that the cloud knows of, or is to know of; the newest first. */
  days(account: string, since: number): DaySums[] {
    const sql = `SELECT strftime('%Y-%m-%d', at / 1000, 'unixepoch') AS day, count(*) AS requests, sum(tokens_in) AS tokensIn,
        sum(tokens_out) AS tokensOut, sum(cost) AS cost, CASE WHEN max(via) = 'direct' THEN NULL ELSE sum(charge) END AS charge
      FROM receipt WHERE account = ? AND at >= ? AND (via = 'cloud' OR state = 'counted') GROUP BY day ORDER BY day DESC`;
    return this.#db.use((db) => db.prepare<[string, number], DaySums>(sql).all(account, since));
  }

  statement(account: string): Statement | undefined {
    return this.#db.use((db) => db.prepare<[string], Statement>("SELECT * FROM statement WHERE account = ?").get(account));
  }

  /** The account that the cloud was last asked about. */
  newestAccount(): string | undefined {
    return this.#db.use((db) => db.prepare<[], string>("SELECT account FROM statement ORDER BY at DESC LIMIT 1").pluck().get());
  }

  /** What the cloud said last holds, whichever process was told it. */
  keepStatement(statement: Statement): void {
    this.#db.use((db) =>
      db
        .prepare(
          `INSERT INTO statement VALUES (@account, @at, @tier, @owed, @credits) ON CONFLICT DO UPDATE
           SET at = excluded.at, tier = excluded.tier, owed = excluded.owed, credits = excluded.credits WHERE excluded.at >= at`,
        )
        .run(statement),
    );
  }

  close(): void {
    this.#db.close();
  }

  #number(sql: string, ...values: readonly (string | number)[]): number {
    return this.#db.use((db) =>
      db
        .prepare(sql)
        .pluck()
        .get(...values),
    ) as number;
  }
}

function figuresOf({ at, tokens, nanoDollars, chargeNanoDollars }: Receipt) {
  return { at, tokensIn: tokens.in, tokensOut: tokens.out, cost: nanoDollars, charge: chargeNanoDollars };
}
