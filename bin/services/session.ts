import { randomUUID } from "node:crypto";
import { SynesisError } from "../../kernel/index.ts";

/** The session that was named, or a new one of its own. */
export function sessionName(named: string | undefined): string {
  if (named === undefined) return randomUUID();
  if (!/^[\w.-]{1,64}$/.test(named)) throw new SynesisError("SESSION_INVALID");
  return named;
}
