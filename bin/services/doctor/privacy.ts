/** Checks of what keeps secrets here: the user's privacy settings, and the record of what has left. */
import type { Config } from "../config.ts";
import { count } from "../count.ts";
import { openEgressLog } from "../egress.ts";
import { checkPrivacy } from "../privacy.ts";
import { bad, type Check, good } from "./check.ts";

/** Actions and patterns of the user; a fault in them stops everything that redacts. */
export async function checkPatterns(home: string, config: Config): Promise<Check> {
  const own = await checkPrivacy(home, config);
  return good("patterns", own === 0 ? "the built-in ones" : `the built-in ones and ${own} of your own`);
}

export async function checkEgress(home: string): Promise<Check> {
  const { ok, entries, line, headKnown } = (await openEgressLog(home)).inspect();
  const next = "Keep the file as it is for whoever looks into it, and move it and egress-head.db away to start a new one.";
  if (!ok) return bad("egress log", `broken from line ${line} on`, next);
  return good(
    "egress log",
    `${entries.length === 0 ? "nothing has left" : `${count(entries.length, "entry", "entries")}, whole`}${headKnown ? "" : ", its head is missing"}`,
  );
}
