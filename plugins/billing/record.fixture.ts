/** A process of its own that records receipts in the ledger of the home it is given, and names each one that is kept. */
import { writeSync } from "node:fs";
import { LedgerStore } from "./ledger.ts";

const [home = "", count = "1", prefix = ""] = process.argv.slice(2);
const store = new LedgerStore(home);
for (let i = 0; i < Number(count); i++) {
  const requestId = `${prefix}${i}`;
  const receipt = {
    requestId,
    at: 1_000 + i,
    via: "direct",
    model: "m",
    tokens: { in: 1, out: 2 },
    nanoDollars: 7,
    chargeNanoDollars: 0,
  } as const;
  if (store.record(receipt, "account")) writeSync(1, `${requestId}\n`);
}
