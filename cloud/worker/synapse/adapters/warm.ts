import { type Env, ledgerOf } from "../../env.ts";
import { CloudError } from "../../errors.ts";
import { payerOf } from "../../projects/payer.ts";
import { MODELS } from "../models.ts";
import { modelsTaking } from "./provider-adapters.ts";
import { adapterShelf } from "./shelf.ts";

export interface Wanted {
  readonly projectId: string | undefined;
  readonly adapterId: string | undefined;
}

/**
 * Has an adapter ready for a question that will come: loaded now, where a server of models loads them, and then the last
 * one that it would let go of. Models themselves are kept ready by their providers. Gives whether the adapter is ready.
 *
 * @throws CloudError not_found, forbidden for who may not use it
 */
export async function warmAdapter(env: Env, userId: string, { projectId, adapterId }: Wanted): Promise<boolean> {
  const payer = await payerOf(env, userId, projectId);
  if (adapterId === undefined) return false;
  const shelf = adapterShelf(env, userId, payer);
  const adapter = await shelf.find(adapterId);
  const taking = modelsTaking(env, adapter);
  const model = MODELS.find(({ id }) => taking.includes(id));
  if (!model || (await ledgerOf(env, payer.userId).balance()).tier === "byok") return false;
  try {
    const { release } = await shelf.acquire(model, adapter);
    await release();
    return true;
  } catch (error) {
    if (error instanceof CloudError) return false; // the question itself will be told
    throw error;
  }
}
