import { resolve } from "node:path";
import { SynesisError } from "../../kernel/index.ts";

/** Paths as typed, made absolute. An empty one (an unset variable) is refused: it would mean the current folder. */
export function absolutePaths(paths: readonly string[]): string[] {
  if (paths.some((path) => path.trim() === ""))
    throw new SynesisError("USAGE", "A path is empty.", { next: 'Name the file or folder; "." is the current folder.' });
  return paths.map((path) => resolve(path));
}
