import { join } from "node:path";

/** The list of installed plugins; absent as long as none is. */
export function pluginsFile(home: string): string {
  return join(home, "plugins", "plugins.json");
}
