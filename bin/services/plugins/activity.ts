import { existsSync } from "node:fs";
import { RunLog } from "../../../pipeline/run-log.ts";
import { runLogFile } from "../workspace.ts";

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
