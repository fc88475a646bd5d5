import { join } from "node:path";

/** Where the decision log is kept. */
export function runLogFile(home: string): string {
  return join(home, "runs.db");
}
