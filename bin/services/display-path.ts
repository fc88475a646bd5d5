import { isAbsolute, relative } from "node:path";

/** A path as a person would type it from here, when that is shorter. */
export function displayPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const near = relative(process.cwd(), path);
  return near && near.length < path.length ? near : path;
}
