/** What becomes of an account that is closed: its key and its devices are refused at once, and within an hour what it kept goes. */

import { adaptersOf } from "./adapters/table.ts";
import { discard } from "./adapters/uploads.ts";
import { type Env, ledgerOf } from "./env.ts";
import { closedUsers, setCleared } from "./store/users.ts";

/** Accounts that one run clears. */
const MOST = 20;

/**
 * Closes the ledgers of closed accounts, which still bill what is owed in full, and takes away their adapters and uploads.
 * What they shared goes in the same hour (knowledge/settle.ts); conversations end by themselves in a day. An account of which something failed is tried again.
 *
 * @throws what failed first
 */
export async function clearClosed(env: Env, now: number): Promise<void> {
  for (const userId of await closedUsers(env.DATABASE, MOST)) {
    await ledgerOf(env, userId).close();
    for (const adapter of await adaptersOf(env.DATABASE, userId)) await discard(env, adapter);
    await setCleared(env.DATABASE, userId, now);
  }
}
