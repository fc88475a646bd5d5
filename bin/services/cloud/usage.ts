/** Usage by day: as the cloud has it, and beside that as this machine has it. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import type { CloudApi } from "../../../plugins/account/index.ts";
import { type ComparedDay, compareDays, isSame, type LedgerStore, syncUsage } from "../../../plugins/billing/index.ts";
import type { Config } from "../config.ts";
import { openCloudApi } from "./account.ts";
import { withLedger } from "./billing.ts";
import { decimalDollars } from "./money.ts";
import { cloudAccount, usageCloud } from "./usage-cloud.ts";

const DAY_MS = 86_400_000;

const count = z.int();
const statement = z.object({
  days: z.array(
    z.object({
      day: z.string(),
      requests: count,
      tokensIn: count,
      tokensOut: count,
      cost: count,
      charge: count,
      fromCredits: count,
    }),
  ),
});
type CloudDay = z.infer<typeof statement>["days"][number];

/** One day (UTC), or the sum of all; amounts are dollars as exact decimals. */
export interface UsageRow {
  readonly day: string;
  readonly requests: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** What providers took. */
  readonly cost: string;
  /** What the cloud charged, and what of that credits covered. */
  readonly charge: string;
  readonly fromCredits: string;
}

export interface Usage {
  readonly days: readonly UsageRow[];
  readonly total: UsageRow;
}

/** The newest day first. @throws SynesisError CLOUD_* */
export async function readUsage(home: string, config: Config, days: number, signal: AbortSignal): Promise<Usage> {
  const told = await readDays(openCloudApi(home, config), days, signal);
  const sum = (name: Exclude<keyof CloudDay, "day">) => told.reduce((total, day) => total + day[name], 0);
  const total = {
    day: "total",
    requests: sum("requests"),
    tokensIn: sum("tokensIn"),
    tokensOut: sum("tokensOut"),
    cost: sum("cost"),
    charge: sum("charge"),
    fromCredits: sum("fromCredits"),
  };
  return { days: told.map(inDollars), total: inDollars(total) };
}

async function readDays(api: CloudApi, days: number, signal: AbortSignal): Promise<CloudDay[]> {
  return (await api.get(`/v1/billing/usage?days=${days}`, { schema: statement, signal })).days;
}

function inDollars(day: CloudDay): UsageRow {
  return { ...day, cost: decimalDollars(day.cost), charge: decimalDollars(day.charge), fromCredits: decimalDollars(day.fromCredits) };
}

/** Sums; amounts are dollars as exact decimals. */
interface Sums extends Omit<UsageRow, "day" | "charge" | "fromCredits"> {
  /** Null where only the cloud knows it: its fee for what the user's own key paid. */
  readonly charge: string | null;
}

export interface DayBeside {
  readonly day: string;
  readonly local: Sums;
  readonly cloud: Sums;
  /** The cloud's less the local. More is what other machines did; less is what the cloud does not know of. */
  readonly difference: Sums;
  readonly same: boolean;
}

export interface LocalUsage {
  /** What everything that left this machine has cost since then, whoever was paid. */
  readonly spent: string;
  /** Days of which the cloud knows or should know; null where it was not asked. */
  readonly days: readonly DayBeside[] | null;
  /** What the cloud has not been told yet. */
  readonly waiting: { readonly requests: number; readonly cost: string };
  readonly refused: readonly { readonly requestId: string; readonly model: string; readonly reason: string }[];
  /** Receipts that were made of the cloud's own record: the command that asked was killed, or cut off. */
  readonly found: readonly { readonly requestId: string; readonly model: string; readonly cost: string }[];
  /** Requests that left, and of which nobody has said yet what they took. */
  readonly unfinished: readonly { readonly requestId: string; readonly model: string; readonly via: "cloud" | "direct" }[];
  /** Why the cloud was not asked; null when it was. */
  readonly offline: string | null;
}

const MOST_RECEIPTS = 100_000;

/** The ledger of this machine, and how the cloud's statement differs from it. Without the cloud, the ledger alone. */
export async function compareUsage(home: string, config: Config, days: number, signal: AbortSignal): Promise<LocalUsage> {
  return withLedger(home, async (store) => {
    const account = cloudAccount(home, config);
    const since = Math.floor(Date.now() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
    const asked = account === undefined ? undefined : await askCloud(store, account, { home, config, days, since, signal });
    const receipts = store.receipts(since, MOST_RECEIPTS);
    const { requests, cost } = account === undefined ? { requests: 0, cost: 0 } : store.queue(account);
    return {
      spent: decimalDollars(store.spent(since)),
      days: Array.isArray(asked) ? asked : null,
      waiting: { requests, cost: decimalDollars(cost) },
      refused: receipts
        .filter(({ state }) => state === "refused")
        .map(({ requestId, model, reason }) => ({ requestId, model, reason: reason ?? "" })),
      found: receipts
        .filter(({ state, reason }) => state !== "refused" && reason !== null)
        .map(({ requestId, model, nanoDollars }) => ({ requestId, model, cost: decimalDollars(nanoDollars) })),
      unfinished: store.unfinished().map(({ requestId, model, via }) => ({ requestId, model, via })),
      offline: Array.isArray(asked) ? null : (asked ?? "You are not signed in."),
    };
  });
}

interface Asking {
  readonly home: string;
  readonly config: Config;
  readonly days: number;
  readonly since: number;
  readonly signal: AbortSignal;
}

/** The days side by side, or why the cloud cannot be asked. */
async function askCloud(store: LedgerStore, account: string, { home, config, days, since, signal }: Asking) {
  try {
    const api = openCloudApi(home, config);
    await syncUsage(store, usageCloud(api, account), signal);
    const told = await readDays(api, days, signal);
    return compareDays(store.days(account, since), told).map(beside);
  } catch (error) {
    if (signal.aborted || !(error instanceof SynesisError)) throw error;
    return error.message;
  }
}

function beside(compared: ComparedDay): DayBeside {
  const inDollars = ({ cost, charge, ...counts }: ComparedDay["local"]) => ({
    ...counts,
    cost: decimalDollars(cost),
    charge: charge === null ? null : decimalDollars(charge),
  });
  const { day, local, cloud, difference } = compared;
  return { day, local: inDollars(local), cloud: inDollars(cloud), difference: inDollars(difference), same: isSame(compared) };
}
