/** The record of every deliberation: runs.db. What is written is Redacted; values never reach it. */
import type { DocumentFilter, Thought, TraceEvent } from "../kernel/index.ts";
import type { Round } from "./council.ts";
import { LocalDatabase } from "./database.ts";
import type { EscalationRecord } from "./escalate/record.ts";

/** What led to the outcome: enough to show it, and to ask the same again. Texts and paths are redacted. */
export interface RunManifest {
  readonly request: DocumentFilter & {
    readonly topK: number;
    readonly threshold: number;
    readonly rounds: number;
    /** What the conversation held before. */
    readonly history?: readonly { readonly question: string; readonly answer: string }[];
  };
  /** The answer that was shown; null when there was none. Absent in runs of earlier versions, as are the next three. */
  readonly answer?: string | null;
  readonly mode?: "embedded" | "generator";
  readonly model?: string | null;
  /** What was asked of the model. */
  readonly thoughts?: readonly Thought[];
  readonly passages: readonly {
    readonly id: number;
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly score: number;
  }[];
  readonly rounds: readonly Round[];
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly trace: readonly TraceEvent[];
}

/** One question from start to end, as it is kept. Every text in `manifest` is redacted. */
export interface RunRecord {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly session: string;
  readonly question: string;
  readonly outcome: string;
  readonly score: number;
  readonly ms: number;
  readonly manifest: RunManifest;
}

export interface RunSummary extends Omit<RunRecord, "manifest"> {}

export interface RunMetrics {
  readonly runs: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Milliseconds; null without runs. */
  readonly ms: { readonly p50: number | null; readonly p95: number | null };
  readonly meanScore: number | null;
  /** What models elsewhere were asked. */
  readonly escalations: EscalationMetrics;
}

const MIGRATIONS = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY, at INTEGER NOT NULL, session TEXT NOT NULL, question TEXT NOT NULL, outcome TEXT NOT NULL,
     score REAL NOT NULL, ms REAL NOT NULL, manifest TEXT NOT NULL
   ) STRICT;
   CREATE INDEX runs_by_time ON runs (at);`,
  `CREATE TABLE escalations (
     request_id TEXT PRIMARY KEY, at INTEGER NOT NULL, via TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL, code TEXT,
     tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL, estimated INTEGER NOT NULL, nano_dollars INTEGER NOT NULL,
     charge_nano_dollars INTEGER NOT NULL, ms REAL NOT NULL, first_ms REAL
   ) STRICT;
   CREATE INDEX escalations_by_time ON escalations (at);`,
];

/** Upper ends of the classes in which times are counted, in ms; the last class has none. */
const CLASSES_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

export interface EscalationMetrics {
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
  readonly tokens: { readonly in: number; readonly out: number };
  /** What users paid: the cloud's charge, or a provider's price. */
  readonly nanoDollars: number;
  /** How many took up to so many ms, and longer than the class before; `null` for those beyond the last. */
  readonly latency: readonly { readonly upToMs: number | null; readonly count: number }[];
  /** Until the first piece of text, in ms; null where none came yet. */
  readonly firstMs: { readonly p50: number | null; readonly p95: number | null };
}

/** A cloud's charge is what the user pays; a provider's price where the user's own key paid. */
const SPENT = "coalesce(sum(CASE via WHEN 'cloud' THEN charge_nano_dollars ELSE nano_dollars END), 0)";

export class RunLog {
  readonly #db: LocalDatabase;

  constructor(file: string) {
    this.#db = new LocalDatabase(file, MIGRATIONS);
    // A crash of the program loses nothing; a power cut may lose the last entries of this log, which is worth a batch
    // that does not wait for the disk at every line.
    this.#db.use((db) => db.pragma("synchronous = NORMAL"));
  }

  write(run: RunRecord): void {
    this.#db.use((db) =>
      db
        .prepare("INSERT INTO runs VALUES (@id, @at, @session, @question, @outcome, @score, @ms, @manifest)")
        .run({ ...run, manifest: JSON.stringify(run.manifest) }),
    );
  }

  /** The newest runs first. */
  list(limit: number): RunSummary[] {
    return this.#db.use((db) =>
      db
        .prepare<[number], RunSummary>("SELECT id, at, session, question, outcome, score, ms FROM runs ORDER BY at DESC, id LIMIT ?")
        .all(limit),
    );
  }

  /** The run whose id is, or begins with, `id`; undefined when none or several do. */
  find(id: string): RunRecord | undefined {
    const rows = this.#db.use((db) =>
      db
        .prepare<{ id: string }, RunSummary & { manifest: string }>("SELECT * FROM runs WHERE substr(id, 1, length(@id)) = @id LIMIT 2")
        .all({ id }),
    );
    const [row] = rows;
    return row && rows.length === 1 ? { ...row, manifest: JSON.parse(row.manifest) as RunManifest } : undefined;
  }

  /** Every run, the oldest first. */
  *records(): Generator<RunRecord> {
    for (let after = 0; ; ) {
      const rows = this.#db.use((db) =>
        db
          .prepare<[number], RunSummary & { row: number; manifest: string }>(
            "SELECT rowid AS row, * FROM runs WHERE rowid > ? ORDER BY rowid LIMIT 100",
          )
          .all(after),
      );
      for (const { row, manifest, ...run } of rows) {
        after = row;
        yield { ...run, manifest: JSON.parse(manifest) as RunManifest };
      }
      if (rows.length === 0) return;
    }
  }

  /** The last questions of a session that were answered, the oldest first. */
  conversation(session: string, limit: number): { question: string; answer: string }[] {
    const rows = this.#db.use((db) =>
      db
        .prepare<[string, number], { question: string; answer: string }>(
          `SELECT question, json_extract(manifest, '$.answer') AS answer FROM runs
           WHERE session = ? AND json_extract(manifest, '$.answer') IS NOT NULL ORDER BY at DESC, id LIMIT ?`,
        )
        .all(session, limit),
    );
    return rows.reverse();
  }

  /** Also one that failed, or was broken off: what it took counts. One of the same id is written once. */
  writeEscalation({ requestId, tokens, estimated, ...record }: EscalationRecord): void {
    this.#db.use((db) =>
      db
        .prepare(
          `INSERT INTO escalations VALUES (@requestId, @at, @via, @model, @outcome, @code, @in, @out, @estimated, @nanoDollars,
             @chargeNanoDollars, @ms, @firstMs) ON CONFLICT DO NOTHING`,
        )
        .run({ requestId, ...record, ...tokens, estimated: estimated ? 1 : 0 }),
    );
  }

  /** What escalations have cost since a time (ms since 1970), in nano-dollars. */
  spentSince(time: number): number {
    return this.#db.use(
      (db) => db.prepare<[number], { spent: number }>(`SELECT ${SPENT} AS spent FROM escalations WHERE at >= ?`).get(time)?.spent ?? 0,
    );
  }

  #escalations(): EscalationMetrics {
    return this.#db.use((db) => {
      const sums = db
        .prepare<[], { total: number; successful: number; tokensIn: number; tokensOut: number; spent: number; timed: number }>(
          `SELECT count(*) AS total, coalesce(sum(outcome IN ('whole', 'declined')), 0) AS successful, coalesce(sum(tokens_in), 0) AS tokensIn,
             coalesce(sum(tokens_out), 0) AS tokensOut, ${SPENT} AS spent, count(first_ms) AS timed FROM escalations`,
        )
        .get() ?? { total: 0, successful: 0, tokensIn: 0, tokensOut: 0, spent: 0, timed: 0 };
      const within = db.prepare<[number, number], { n: number }>("SELECT count(*) AS n FROM escalations WHERE ms > ? AND ms <= ?");
      const latency = [...CLASSES_MS, null].map((upToMs, i) => ({
        upToMs,
        count: within.get(CLASSES_MS[i - 1] ?? -1, upToMs ?? Number.MAX_VALUE)?.n ?? 0,
      }));
      const at = db.prepare<[number], { ms: number }>(
        "SELECT first_ms AS ms FROM escalations WHERE first_ms IS NOT NULL ORDER BY first_ms LIMIT 1 OFFSET ?",
      );
      const percentile = (p: number) => at.get(Math.max(0, Math.ceil(sums.timed * p) - 1))?.ms ?? null;
      const { total, successful, tokensIn, tokensOut, spent } = sums;
      const tokens = { in: tokensIn, out: tokensOut };
      return {
        total,
        successful,
        failed: total - successful,
        tokens,
        nanoDollars: spent,
        latency,
        firstMs: { p50: percentile(0.5), p95: percentile(0.95) },
      };
    });
  }

  metrics(): RunMetrics {
    const escalations = this.#escalations();
    return this.#db.use((db) => {
      const outcomes = db
        .prepare<[], { outcome: string; n: number }>("SELECT outcome, count(*) AS n FROM runs GROUP BY outcome ORDER BY outcome")
        .all();
      const runs = outcomes.reduce((sum, { n }) => sum + n, 0);
      const at = db.prepare<[number], { ms: number }>("SELECT ms FROM runs ORDER BY ms LIMIT 1 OFFSET ?");
      const percentile = (p: number) => at.get(Math.max(0, Math.ceil(runs * p) - 1))?.ms ?? null;
      const mean = db.prepare<[], { score: number | null }>("SELECT avg(score) AS score FROM runs").get();
      return {
        runs,
        outcomes: Object.fromEntries(outcomes.map(({ outcome, n }) => [outcome, n])),
        ms: { p50: percentile(0.5), p95: percentile(0.95) },
        meanScore: mean?.score ?? null,
        escalations,
      };
    });
  }

  close(): void {
    this.#db.close();
  }
}
