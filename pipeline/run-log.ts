/** The record of every deliberation: runs.db. What is written is Redacted; values never reach it. */
import type { DocumentFilter, Thought, TraceEvent } from "../kernel/index.ts";
import type { Round } from "./council.ts";
import { LocalDatabase } from "./database.ts";

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
}

const MIGRATIONS = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY, at INTEGER NOT NULL, session TEXT NOT NULL, question TEXT NOT NULL, outcome TEXT NOT NULL,
     score REAL NOT NULL, ms REAL NOT NULL, manifest TEXT NOT NULL
   ) STRICT;
   CREATE INDEX runs_by_time ON runs (at);`,
];

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

  metrics(): RunMetrics {
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
      };
    });
  }

  close(): void {
    this.#db.close();
  }
}
