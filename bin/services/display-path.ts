import { isAbsolute, relative } from "node:path";

/** A path as a person would type it from here, when that is shorter; on one line. */
export function displayPath(path: string): string {
  const near = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return (near && near.length < path.length ? near : path).replaceAll("\n", "\\n");
}
