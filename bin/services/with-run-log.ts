import { existsSync } from "node:fs";
import { SynesisError } from "../../kernel/index.ts";
import { RunLog, type RunRecord } from "../../pipeline/run-log.ts";
import { homeFolder } from "./home.ts";
import { runLogFile } from "./run-log-file.ts";

/** Opens the decision log for `read`. */
export function withRunLog<T>(read: (log: RunLog) => T): T {
  const log = new RunLog(runLogFile(homeFolder()));
  try {
    return read(log);
  } finally {
    log.close();
  }
}

/** @throws SynesisError RUN_NOT_FOUND when no run, or more than one, has this id. */
export function recordedRun(id: string): RunRecord {
  const run = existsSync(runLogFile(homeFolder())) ? withRunLog((log) => log.find(id)) : undefined;
  if (!run) throw new SynesisError("RUN_NOT_FOUND", `(${id.slice(0, 40)})`);
  return run;
}
