import { sep } from "node:path";

/** What follows the separator in order, so that everything below a folder is one range of paths. */
const AFTER_SEPARATOR = String.fromCharCode(sep.charCodeAt(0) + 1);

/** SQL that holds for the paths at or below `paths`, and what to bind; holds for every path when there are none. */
export function below(column: string, paths: readonly string[]): { sql: string; bind: string[] } {
  if (paths.length === 0) return { sql: "TRUE", bind: [] };
  const bind = paths.flatMap((path) => {
    const folder = path.endsWith(sep) ? path.slice(0, -1) : path;
    return [path, folder + sep, folder + AFTER_SEPARATOR];
  });
  return { sql: `(${paths.map(() => `${column} = ? OR (${column} >= ? AND ${column} < ?)`).join(" OR ")})`, bind };
}
