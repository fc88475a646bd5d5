import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package, whether this runs from source or from what was built. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) if (existsSync(join(folder, "package.json"))) return folder;
}
