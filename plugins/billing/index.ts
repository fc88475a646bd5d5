/** Keeps a receipt of every question that left, tells the cloud of those that it has a part in, and holds the user's ceiling. */
import { definePlugin, type Plugin, type Receipt, SynesisError } from "../../kernel/index.ts";
import { LedgerStore } from "./ledger.ts";
import type { SyncWhen, UsageCloud } from "./sync.ts";
import { Syncer } from "./syncer.ts";

export { LedgerStore, ledgerFile, type Statement } from "./ledger.ts";
export { type ComparedDay, compareDays, isSame } from "./reconcile.ts";
export { syncUsage, type UsageCloud } from "./sync.ts";

export interface BillingOptions {
  /** The data folder: ledger.db lies in it. It is not touched before it is needed. */
  readonly home: string;
  /** The account at the cloud that this home is signed in to; looked up when something leaves. */
  readonly account: () => Promise<string | undefined>;
  /** Who is asked: the cloud knows afterwards what a request cost whose end was missed. */
  readonly via: Receipt["via"];
  /** The cloud for that account; loaded when something is sent. */
  readonly cloud: () => Promise<UsageCloud>;
  readonly sync: SyncWhen;
  /** What may be owed to the cloud, in nano-dollars, before nothing more is sent; 0 for the cloud's own ceiling alone. */
  readonly ceiling: number;
}

/** Before every provider. */
const FIRST = -100;

export function billing({ home, account, via, cloud, sync, ceiling }: BillingOptions): Plugin {
  const begun = new Set<string>();
  let opened: LedgerStore | undefined;
  const open = () => {
    opened ??= new LedgerStore(home);
    return opened;
  };
  const syncer = new Syncer(open, cloud, sync);
  return definePlugin({
    name: "billing",
    api: 1,
    text: "redacted",
    taps: ["escalate", "bill"],
    provides: ["ledger"],
    setup(context) {
      context.provide("ledger", {
        balance: () => ({ nanoDollars: owedNow(open(), open().newestAccount()) }),
        spent: (since) => ({ nanoDollars: open().spent(since) }),
        receipts: (since, limit) => open().receipts(since, limit),
      });
      const overCeiling = (who: string) => owedNow(open(), who) >= ceiling;
      context.tap(
        "escalate",
        async ({ requestId, model, adapter, project }) => {
          open(); // a ledger that cannot be kept says so before anything is paid for
          const who = ceiling === 0 ? await account().catch(() => undefined) : await account();
          if (ceiling > 0 && who !== undefined && overCeiling(who)) {
            await syncer.now(); // something may have been paid since the cloud was last asked
            if (overCeiling(who)) throw new SynesisError("SPENDING_CEILING_REACHED");
          }
          begun.add(requestId);
          open().begin({ requestId, at: Date.now(), via, model, adapter: adapter?.name ?? null, project: project?.name ?? null }, who);
          return undefined;
        },
        { stage: FIRST },
      );
      context.tap("bill", async (receipt) => {
        const who = await account().catch(() => undefined); // whatever is wrong with the sign-in, the receipt is kept
        open().record(receipt, who);
        if (who !== undefined) syncer.look(who);
        return undefined;
      });
    },
    async close() {
      await syncer.close();
      // A provider that this process saw the end of, without a receipt, took nothing. The cloud knows better than we do.
      if (via === "direct") for (const requestId of begun) opened?.drop(requestId);
      opened?.close();
    },
  });
}

/** What the cloud said last, and what it has charged since; credits go first. */
function owedNow(store: LedgerStore, account: string | undefined): number {
  if (account === undefined) return 0;
  const { owed = 0, credits = 0, at = 0 } = store.statement(account) ?? {};
  return owed + Math.max(0, store.charged(account, at) - credits);
}
