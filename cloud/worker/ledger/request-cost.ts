import type { Sql } from "./sql.ts";

/** What one request has come to. `open`: it is at work, or not settled yet. `unknown`: nothing is known of it, so that it cost nothing. */
export type RequestCost =
  | { readonly state: "open" | "unknown" }
  | {
      readonly state: "settled";
      /** When its first call was recorded; ms since 1970. */
      readonly at: number;
      readonly model: string;
      readonly tokensIn: number;
      readonly tokensOut: number;
      readonly cost: number;
      readonly charge: number;
    };

/** @param holds what the ledger calls the first attempt at it, by every way in which it may have been asked */
export function requestCost(sql: Sql, holds: readonly string[], now: number): RequestCost {
  for (const hold of holds) {
    const names = [hold, `${hold}:`, `${hold};`, `${hold}~`, `${hold}\u007f`];
    if (sql.all(`SELECT 1 FROM hold WHERE ${NAMED} AND expires > ?`, ...names, now).length > 0) return { state: "open" };
    const [sums] = sql.all<{ calls: number; at: number; model: string; tokensIn: number; tokensOut: number; cost: number; charge: number }>(
      `SELECT count(*) AS calls, min(at) AS at, max(model) AS model, sum(tokensIn) AS tokensIn, sum(tokensOut) AS tokensOut,
         sum(cost) AS cost, sum(charge) AS charge FROM event WHERE ${NAMED}`,
      ...names,
    );
    if (!sums || sums.calls === 0) continue;
    const { calls: _, ...figures } = sums;
    return { state: "settled", ...figures };
  }
  return { state: "unknown" };
}

/** An attempt's own name, those of its calls (`:0`), and of further attempts (`~1`); not of another request that begins alike. */
const NAMED = "(id = ? OR (id >= ? AND id < ?) OR (id >= ? AND id < ?))";
