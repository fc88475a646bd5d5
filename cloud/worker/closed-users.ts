/** What becomes of an account that is closed: its keys and its devices are refused at once, and what it kept goes at once or within an hour. */
import { adaptersOf } from "./adapters/table.ts";
import { discard } from "./adapters/uploads.ts";
import { type Env, ledgerOf, synapseOf } from "./env.ts";
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
  for (const userId of await closedUsers(env.DATABASE, MOST)) await clearUser(env, userId, now);
}

/** @throws what failed first; done again, it goes on */
export async function clearUser(env: Env, userId: string, now: number): Promise<void> {
  await synapseOf(env, userId).stopAll();
  await ledgerOf(env, userId).close();
  for (const adapter of await adaptersOf(env.DATABASE, userId)) await discard(env, adapter);
  await setCleared(env.DATABASE, userId, now);
}
