/**
 * What questions of a project have cost the user whose ledger this is, by guest, and how far that may go. It counts what the
 * user is charged; on the free tier, which charges nothing, what the provider takes.
 */
import { exact } from "../money/nano-dollars.ts";
import type { PricedCall } from "../money/price-call.ts";
import type { Tier } from "../money/tier.ts";
import type { Sql } from "./sql.ts";

/** The project that work is done for, and the limits that the user has set for it; amounts in nano-dollars. */
export interface ProjectWork {
  readonly project: string;
  /** All of the project's work, or null. */
  readonly budget: number | null;
  /** Whose work it is, when not the user's own, and how much that guest's may come to. */
  readonly guest: { readonly id: string; readonly quota: number } | null;
}

export interface GuestUse {
  readonly guest: string;
  readonly used: number;
  readonly held: number;
}

/** In place of a guest for the user's own work. */
const NOBODY = "";

export const countedOf = ({ cost, charge }: PricedCall, tier: Tier): number => (tier === "free" ? cost : charge);

/** Why work that may come to `amount` may not begin, over what was used and what is held; or undefined. */
export function projectRefusal(
  sql: Sql,
  { project, budget, guest }: ProjectWork,
  amount: number,
  now: number,
): "guest_quota_exceeded" | "project_budget_exceeded" | undefined {
  const use = projectUse(sql, project, now);
  const sum = (all: readonly GuestUse[]) => all.reduce((total, { used, held }) => exact(total + used + held), amount);
  if (guest && sum(use.filter((of) => of.guest === guest.id)) > guest.quota) return "guest_quota_exceeded";
  return budget !== null && sum(use) > budget ? "project_budget_exceeded" : undefined;
}

/** By guest; the user's own work under "". */
export function projectUse(sql: Sql, project: string, now: number): GuestUse[] {
  return sql.all<GuestUse>(
    `SELECT guest, sum(used) AS used, sum(held) AS held FROM (
       SELECT guest, used, 0 AS held FROM project_use WHERE project = ?
       UNION ALL SELECT guest, 0, counted FROM project_hold JOIN hold ON hold.id = project_hold.id WHERE project = ? AND expires > ?
     ) GROUP BY guest ORDER BY guest`,
    project,
    project,
    now,
  );
}

/** Holds for the project what is held already for the user, under the same id. */
export function holdForProject(sql: Sql, id: string, { project, guest }: ProjectWork, amount: number): void {
  sql.all("DELETE FROM project_hold WHERE id = ? OR id NOT IN (SELECT id FROM hold)", id);
  sql.all("INSERT INTO project_hold VALUES (?, ?, ?, ?)", id, project, guest?.id ?? NOBODY, amount);
}

/** Notes what the work of a hold took. */
export function useForProject(sql: Sql, id: string, amount: number): void {
  const [hold] = sql.all<{ project: string; guest: string }>("DELETE FROM project_hold WHERE id = ? RETURNING project, guest", id);
  if (!hold) return;
  sql.all(
    "INSERT INTO project_use VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET used = used + excluded.used",
    hold.project,
    hold.guest,
    exact(amount),
  );
}
