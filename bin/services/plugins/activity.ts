import { existsSync, readFileSync } from "node:fs";
import { RunLog } from "../../../pipeline/run-log.ts";
import { runLogFile } from "../run-log-file.ts";

/** What a plugin did in the newest questions. */
export interface PluginActivity {
  /** Questions looked at. */
  readonly questions: number;
  /** Calls by hook. */
  readonly calls: Readonly<Record<string, number>>;
  /** Milliseconds of a call; null without calls. */
  readonly medianMs: number | null;
  /** Why it was left out, the newest first. */
  readonly faults: readonly string[];
}

const QUESTIONS = 100;
const LINES = 20;

/** The end of what a plugin logged; one that sees values logs nothing. */
export function lastLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-LINES) : [];
}

export function activityOf(home: string, name: string): PluginActivity {
  const file = runLogFile(home);
  if (!existsSync(file)) return { questions: 0, calls: {}, medianMs: null, faults: [] };
  const log = new RunLog(file);
  try {
    const runs = log.list(QUESTIONS).flatMap(({ id }) => log.find(id) ?? []);
    const events = runs.flatMap(({ manifest }) => manifest.trace).filter(({ plugin }) => plugin === name);
    const calls: Record<string, number> = {};
    for (const { hook } of events) calls[hook] = (calls[hook] ?? 0) + 1;
    const times = events.map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      questions: runs.length,
      calls,
      medianMs: times[times.length >> 1] ?? null,
      faults: events.flatMap(({ fault }) => fault ?? []).slice(0, 10),
    };
  } finally {
    log.close();
  }
}
