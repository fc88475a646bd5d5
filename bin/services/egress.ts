/** The record of what left the machine, in the forms that scripts rely on. */
import { SynesisError } from "../../kernel/index.ts";
import type { EgressEntry } from "../../plugins/privacy/egress/entry.ts";
import type { EgressLog, EgressState } from "../../plugins/privacy/egress/log.ts";
import { count } from "./count.ts";
import { homeFolder } from "./home.ts";

export interface EgressSummary {
  readonly sequence: number;
  /** ISO 8601. */
  readonly time: string;
  readonly to: string;
  readonly bytes: number;
  readonly hash: string;
}

/** Whether the record is whole; `line` is the first that does not fit or is missing, from 1. */
export type EgressCheck = Pick<EgressState, "ok" | "torn" | "headKnown"> & { readonly entries: number; readonly line: number | null };

export async function openEgressLog(home = homeFolder()): Promise<EgressLog> {
  const { EgressLog } = await import("../../plugins/privacy/egress/log.ts");
  return new EgressLog(home);
}

/** The newest entries first. */
export function egressSummaries({ entries }: EgressState, limit: number): readonly EgressSummary[] {
  return entries
    .slice(-limit)
    .reverse()
    .map(({ sequence, time, to, body, encoding, hash }) => ({ sequence, time, to, bytes: Buffer.byteLength(body, encoding), hash }));
}

/** @throws SynesisError EGRESS_NOT_FOUND */
export function egressEntry({ entries }: EgressState, sequence: number): EgressEntry {
  const entry = entries[sequence - 1];
  if (!entry) throw new SynesisError("EGRESS_NOT_FOUND", `(${sequence})`);
  return entry;
}

export function egressCheck({ ok, entries, line, torn, headKnown }: EgressState): EgressCheck {
  return { ok, entries: entries.length, line: line ?? null, torn, headKnown };
}

/** What a person should know of the record; empty when all is well. */
export function warningOf({ ok, entries, line, torn, headKnown }: EgressCheck): string {
  if (!ok) return `The record is broken from line ${line} on; the ${entries} entries before it are as they were written.`;
  if (!headKnown) return "egress-head.db is missing, so entries taken off the end would not be seen.";
  return torn > 0 ? `A write was broken off at the end (${count(torn, "byte")}); nothing left the machine for it.` : "";
}
