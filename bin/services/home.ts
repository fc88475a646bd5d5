import { homedir } from "node:os";
import { join, resolve } from "node:path";
import envPaths from "env-paths";

/** The folder that holds everything SuperInstance keeps: SYNESIS_HOME, or the platform's own place for data. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["SYNESIS_HOME"];
  if (!chosen) return envPaths("superinstance", { suffix: "" }).data;
  return resolve(chosen.startsWith("~/") ? join(homedir(), chosen.slice(2)) : chosen);
}
